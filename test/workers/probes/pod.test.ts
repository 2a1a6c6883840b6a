import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connect } from '../../../src/evidence/flows.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { endMarker, framesOf } from '../../../workers/probes/frames.ts';
import { podScript } from '../../../workers/probes/scripts.ts';
import { observations, podSections } from '../../../workers/probes/sections.ts';
import { eventually } from '../../lab/cluster/exec-client.ts';
import { busybox, type Container, places, startContainer } from './container.ts';

const nonce = '6f1d';
const missing = failed('TRUNCATED', 'cut short');
const { open, refused, hole4, hole6 } = places;
const everywhere = [
  `6:2:${open}:::1`,
  `6:1:${refused}:::1`,
  `6:1:443:2001:db8::1`,
  `6:1:443:${hole6}`,
  `4:1:${open}:127.0.0.1`,
  `4:1:${refused}:127.0.0.1`,
  `4:1:443:${hole4}`,
];
const at = (file: string) => ['/usr/bin', '/bin'].map((folder) => `${folder}/${file}`).find((path) => existsSync(path));

const argv = (seconds: number, destinations: readonly string[], name: readonly string[] = ['-', '-']) => [
  ...['sh', '-c', podScript, 'ipv6check', nonce, String(seconds), ...name, ...destinations],
];

let container: Container | undefined;
afterEach(async () => {
  await container?.close();
  container = undefined;
});

async function inside(...commands: readonly string[]): Promise<Container> {
  container = await startContainer([...busybox, ...commands]);
  return container;
}

const seen = (stdout: string) => observations(podSections, { frames: framesOf(stdout, nonce), missing, by: 'test' });

function triesOf(stdout: string): string[] {
  const { podConnects: tries } = seen(stdout);
  if (tries?.status !== 'observed') throw new Error(`no connects: ${JSON.stringify(tries)}`);
  const value: readonly Connect[] = tries.value;
  return value
    .map(({ family, address, port, attempt, outcome }) => `${family} ${address} ${port} ${attempt} ${outcome}`)
    .toSorted();
}

const expected = [
  `4 ${hole4} 443 1 TIMEOUT`,
  `4 127.0.0.1 ${open} 1 connected`,
  `4 127.0.0.1 ${refused} 1 ECONNREFUSED`,
  `6 2001:db8::1 443 1 ENETUNREACH`,
  `6 ::1 ${open} 1 connected`,
  `6 ::1 ${open} 2 connected`,
  `6 ::1 ${refused} 1 ECONNREFUSED`,
  `6 ${hole6} 443 1 TIMEOUT`,
].toSorted();

const nothing = { running: 0, zombies: 0 };
const shells = ['sh=busybox', `sh=${at('dash')}`, `sh=${at('bash')}`];

describe('workers/probes/pod', () => {
  it.each`
    shell         | tool                          | named
    ${'busybox'}  | ${'nc=busybox'}               | ${'nc'}
    ${at('dash')} | ${'nc=busybox'}               | ${'nc'}
    ${'busybox'}  | ${`bash=${at('bash')}`}       | ${'bash'}
    ${at('bash')} | ${`bash=${at('bash')}`}       | ${'bash'}
    ${at('dash')} | ${`perl=${at('perl')}`}       | ${'perl'}
    ${'busybox'}  | ${`node=${process.execPath}`} | ${'node'}
    ${'busybox'}  | ${`openssl=${at('openssl')}`} | ${'openssl'}
    ${at('dash')} | ${`python3=${at('python3')}`} | ${'python3'}
  `('tells with $named below $shell what connects come to', async ({ shell, tool, named }) => {
    if (tool.endsWith('=undefined')) return;
    const { run, left } = await inside(`sh=${shell}`, tool);
    const { code, stdout, ms } = await run(argv(2, everywhere));

    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(endMarker(nonce));
    expect(triesOf(stdout)).toEqual(expected);
    expect(seen(stdout).podConnects).toMatchObject({
      value: expect.arrayContaining([expect.objectContaining({ tool: named })]),
    });
    expect(ms).toBeLessThan(5_000);
    expect(await left()).toEqual(nothing);
  });

  it.each(shells)('shows addresses, routes, links, sysctls, counters and resolvers with %s', async (shell) => {
    const { run, left } = await inside(shell, 'nc=busybox');
    const { stdout, ms } = await run(argv(4, [`6:1:${open}:::1`]));
    const bag = seen(stdout);

    expect(Object.values(bag).map((each) => each?.status)).toEqual(podSections.map(() => 'observed'));
    expect(bag).toMatchObject({
      podAddresses: {
        value: expect.arrayContaining([expect.objectContaining({ address: 'fd00:b::1', device: 'v0' })]),
      },
      podRoutes: {
        value: expect.arrayContaining([expect.objectContaining({ destination: 'fd00:b::/64', device: 'v0' })]),
      },
      podLinks: { value: expect.arrayContaining([expect.objectContaining({ name: 'lo', mtu: 65536, isUp: true })]) },
      podSysctls: { value: expect.objectContaining({ 'v0/disable_ipv6': '0', 'all/forwarding': '0' }) },
      podResolvers: { value: ['fd00:10:96::a', '10.96.0.10'] },
      podCounters: { value: { before: { Ip6InReceives: expect.any(Number) } } },
    });
    // The alarm is called off, and not waited for.
    expect(ms).toBeLessThan(2_000);
    expect(await left()).toEqual(nothing);
  });

  it('does without grep', async () => {
    container = await startContainer([...busybox.filter((name) => !name.startsWith('grep')), 'sh=busybox']);
    const { stdout } = await container.run(argv(1, []));

    expect(seen(stdout).podSysctls).toMatchObject({ value: { 'v0/disable_ipv6': '0', 'all/accept_ra': '1' } });
  });

  it.each(shells)('says with %s what it has no tool for, and shows the rest', async (shell) => {
    const { run, left } = await inside(shell);
    const { code, stdout } = await run(argv(1, everywhere));
    const frames = framesOf(stdout, nonce);

    expect(code).toBe(0);
    expect(frames.get('connects')).toMatchObject({ code: 127, text: 'no bash, nc, python, perl, node, openssl' });
    expect(seen(stdout)).toMatchObject({
      podConnects: { status: 'failed', code: 'TOOL_MISSING' },
      podRoutes: { status: 'observed' },
    });
    expect(await left()).toEqual(nothing);
  });

  it('uses no netcat that knows no IPv6, whatever it is called', async () => {
    const { run, script } = await inside('sh=busybox');
    await script(
      `printf '#!/bin/sh\\necho "[v1.10-41.1+b1] -z zero-I/O mode" >&2\\n' > /run/root/bin/nc; chmod +x /run/root/bin/nc`,
    );

    expect(seen((await run(argv(1, everywhere))).stdout).podConnects).toMatchObject({ code: 'TOOL_MISSING' });
  });

  it.each(shells)('ends with %s when nobody listens any more, and leaves nothing behind', async (shell) => {
    const { start, left } = await inside(shell, 'nc=busybox');
    const probe = start(argv(8, [`6:2:443:${hole6}`]));
    await probe.until(/snmp6-before/);

    probe.endInput();
    const { code, stdout, ms } = await probe.done;

    expect(code).toBe(137);
    expect(stdout).not.toContain(endMarker(nonce));
    expect(framesOf(stdout, nonce).has('connects')).toBe(false);
    expect(ms).toBeLessThan(4_000);
    await eventually(async () => (await left()).running === 0, 'the end of all processes');
    // bash may leave before it has reaped a tool.
    if (!shell.endsWith('bash')) expect(await left()).toEqual(nothing);
  });

  it.each(shells)('resolves a name with %s, and dials what no argument names', async (shell) => {
    const { run, script, left } = await inside(shell, 'nc=busybox');
    // Debian's busybox asks UDP, and there is no DNS server here.
    await script(`rm /run/root/bin/nslookup; cat >/run/root/bin/nslookup <<'FAKE'
#!/bin/sh
printf 'Server:\\t\\t10.96.0.10\\nAddress:\\t10.96.0.10:53\\n\\n'
case $* in
  '-type=AAAA api.example.') printf 'Name:\\t%s\\nAddress: ::1\\nName:\\t%s\\nAddress: fd00:b::1\\n' api.example api.example ;;
  *) echo "*** Can't find $2: No answer" ;;
esac
FAKE
chmod +x /run/root/bin/nslookup`);
    const { stdout } = await run(argv(2, [`6:1:${open}:::1`], ['api.example', String(open)]));

    expect(seen(stdout).podNames).toMatchObject({
      value: expect.arrayContaining([
        expect.objectContaining({ family: 6, outcome: 'answered', addresses: ['::1', 'fd00:b::1'] }),
        expect.objectContaining({ family: 4, outcome: 'none', addresses: [] }),
      ]),
    });
    expect(triesOf(stdout)).toEqual([
      `6 ::1 ${open} 1 connected`,
      ...[1, 2].map((n) => `6 fd00:b::1 ${open} ${n} connected`),
    ]);
    expect(await left()).toEqual(nothing);
  });

  it.each(['nc=busybox', `bash=${at('bash')}`])('sees with %s that nobody acknowledges what it sends', async (tool) => {
    const { run, script, left } = await inside('sh=busybox', tool);
    // SYN and ACK are small; what carries data is lost.
    await script('ip6tables-legacy -A INPUT -i lo -p tcp -m length --length 500:65535 -j DROP');
    const { stdout, ms } = await run(argv(4, [`6:1:${open}:::1`]));
    const { podUploads: uploads } = seen(stdout);

    expect(uploads).toMatchObject({ value: [{ address: '::1', port: open, retransmits: expect.any(Number) }] });
    const [upload] = uploads?.status === 'observed' ? uploads.value : [];
    expect(upload!.unacknowledgedBytes).toBeGreaterThan(1_000);
    expect(upload!.retransmits).toBeGreaterThan(0);
    expect(ms).toBeLessThan(3_000);
    expect(await left()).toEqual(nothing);
  });

  it('ends at its deadline when a tool does not die', async () => {
    const { run, script, left } = await inside('sh=busybox');
    await script(
      `printf '#!/bin/sh\\ntrap "" TERM\\n[ "$1" = -h ] && echo "-e PROG" && exit\\nwhile :; do sleep 1; done\\n' > /run/root/bin/nc; chmod +x /run/root/bin/nc`,
    );
    const { code, stdout, ms } = await run(argv(1, [`6:1:${open}:::1`]));

    expect(code).toBe(137);
    expect(stdout).not.toContain(endMarker(nonce));
    expect(seen(stdout)).toMatchObject({ podRoutes: { status: 'observed' }, podConnects: missing });
    expect(ms).toBeGreaterThan(5_900);
    await eventually(async () => (await left()).running === 0, 'the end of all processes');
  });

  it('survives typing and does not read it', async () => {
    const { start } = await inside('sh=busybox', 'nc=busybox');
    const probe = start(argv(1, [`6:1:${open}:::1`]));
    probe.type('\nkill -9 $$\n');

    expect((await probe.done).code).toBe(0);
  });
});
