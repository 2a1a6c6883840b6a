import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const demo = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, ['scripts/run.mjs', 'lab/demo.ts', ...words], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('integration/demo', () => {
  it('prints one JSON object with card, thread and report, and nothing else', () => {
    const { status, stdout, stderr } = demo([
      '--once',
      '/ipv6check shop/checkout',
      '--json',
      '--fault',
      'pod-no-default-v6-route',
      '--seed',
      '31',
    ]);

    expect(stderr).toBe('');
    expect(status).toBe(0);
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(['card', 'thread', 'report']);
    expect(answer.report.verdict.cause).toBe('pod-no-default-v6-route');
  }, 90_000);

  it('serves a page, talks in the terminal beside it, and ends with quit', async () => {
    const child = spawn(process.execPath, ['scripts/run.mjs', 'lab/demo.ts', '--seed', '32']);
    let said = '';
    let complained = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complained += chunk;
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await expect.poll(() => said + complained, { timeout: 40_000 }).toMatch(/In a browser: \S+\s/);
    const [, url = ''] = /In a browser: (\S+)/.exec(said) ?? [];

    const page = await fetch(url);
    child.stdin.write('show\nquit\n');

    expect(await page.text()).toContain('<script type="module"');
    expect(await ended).toBe(0);
    expect(complained).toBe('');
    expect(said).toContain('What you can type:');
    expect(said).toContain('*What to try here.*');
  }, 60_000);

  it('exits 69 and says so when Redis does not answer', () => {
    const { status, stdout, stderr } = demo(['--once', '/ipv6check shop/checkout', '--json'], {
      REDIS_URL: 'redis://127.0.0.1:9',
    });

    expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
    expect(stderr).toContain('Redis');
  }, 60_000);

  it.each([
    { words: ['--seed', 'x'], quoted: '"x"' },
    { words: ['--json'], quoted: '--once' },
    { words: ['--once', 'rm -rf'], quoted: 'rm -rf' },
  ])('refuses $words with a sentence', ({ words, quoted }) => {
    const { status, stderr } = demo(words);

    expect(status).toBe(64);
    expect(stderr).toContain(quoted);
  });

  it('names the faults it knows when it is asked for another', () => {
    const { status, stderr } = demo(['--once', '/ipv6check shop/checkout', '--fault', 'gremlins']);

    expect(status).toBe(64);
    expect(stderr).toContain('host-forwarding-disabled');
  });
});
