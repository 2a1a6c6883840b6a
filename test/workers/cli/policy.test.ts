import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyCommand } from '../../../workers/cli/policy.ts';
import type { Terminal } from '../../../workers/cli/terminal.ts';

const pod =
  '{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, status: {podIPs: [{ip: "fd00::5"}]}}\n';
const np = (egress: string, name = 'np') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [${egress}]}\n`;

describe('workers/cli/policy', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
    await put({ 'pods.yaml': pod });
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function put(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  }

  async function run(words: readonly string[], chunks: readonly (string | Uint8Array)[] = []) {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal: Terminal = {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      input: (async function* () {
        yield* chunks;
      })(),
      env: {},
    };
    const code = await policyCommand(words, terminal, new AbortController().signal);
    return { code, out: out.join(''), err: err.join('') };
  }
  const asked = (...more: string[]) => ['--manifests', folder, '--from', 'shop/web', '--to', '2001:db8::1', ...more];
  async function answer(...more: string[]) {
    const { code, out } = await run(asked('--port', '443', '-o', 'json', ...more));
    return { code, ...JSON.parse(out) };
  }
  async function rows(...lines: string[]) {
    const { code, out } = await run(['--manifests', folder, '--queries', '-'], [lines.join('\n')]);
    expect(code).toBe(0);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('answers with exactly what the door promises, and leaves with the answer', async () => {
    expect(await answer()).toEqual({
      ...{ code: 0, allowed: true, because: 'not-isolated', by: [], isolatedBy: [], nearMisses: [], issues: [] },
    });
    await put({ 'np.yaml': np('{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}') });
    const where = { kind: 'NetworkPolicy', namespace: 'shop', name: 'np' };
    expect(await answer()).toEqual({
      code: 1,
      allowed: false,
      because: 'end-of-tier',
      by: [],
      isolatedBy: [{ ...where, path: 'spec.podSelector' }],
      nearMisses: [{ ...where, path: 'spec.egress[0]', missed: 'this rule allows 0.0.0.0/0; ::/0 is absent' }],
      issues: [],
    });
    await put({ 'np.yaml': np('{ports: [{port: 80}]}, {to: [{ipBlock: {cidr: "2001:db8::/32"}}]}') });
    expect(await answer()).toMatchObject({ code: 0, because: 'rule', by: [{ ...where, path: 'spec.egress[1]' }] });
    await put({ 'np.yaml': np('{ports: [{port: 99999}]}') });
    expect(await answer()).toMatchObject({
      code: 2,
      allowed: null,
      because: 'doubtful',
      issues: [expect.stringContaining('shop/np')],
    });
  });

  it('names the end of a tier that somebody made', async () => {
    await put({
      'tier.yaml':
        'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: first}\nspec: {order: 1}\n---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: first.p, namespace: shop}\nspec: {tier: first, types: [Egress]}\n',
    });

    expect(await answer()).toMatchObject({
      by: [{ kind: 'Tier', namespace: null, name: 'first', path: 'spec.defaultAction' }],
      isolatedBy: [{ kind: 'Calico NetworkPolicy', path: 'spec.selector' }],
    });
  });

  it('says the same for a person', async () => {
    await put({ 'np.yaml': np('{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}') });

    const { code, out } = await run(asked());
    expect(code).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "denied: policies select the pod and none of their rules admits it
        selected by NetworkPolicy shop/np spec.podSelector
        nearly: NetworkPolicy shop/np spec.egress[0]: this rule allows 0.0.0.0/0; ::/0 is absent
      "
    `);
  });

  it.each`
    words                                                                              | says
    ${[]}                                                                              | ${'--manifests'}
    ${['--manifests', '.']}                                                            | ${'--from and --to'}
    ${['--manifests', '.', '--from', 'shop/web']}                                      | ${'--from and --to'}
    ${['--manifests', '.', '--from', 'web', '--to', '::1']}                            | ${'--from takes'}
    ${['--manifests', '.', '--from', 'shop/web', '--to', 'fe80::1%eth0']}              | ${'--to takes'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '--port', '0']}             | ${'--port takes'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '--port', 'http']}          | ${'--port takes'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '--protocol', 'x']}         | ${'--protocol takes'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '-o', 'yaml']}              | ${'-o takes'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '--porte', '1']}            | ${'--porte'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '--queries', '-']}          | ${'--queries'}
    ${['explain', '--manifests', '.']}                                                 | ${'"explain"'}
    ${['diff', '--manifests', '.']}                                                    | ${'--add'}
    ${['diff', '--manifests', '.', '--add', 'x.yaml', '--from', 'a/b']}                | ${'no question'}
    ${['--manifests', '/nowhere/at/all', '--from', 'a/b', '--to', '::1']}              | ${'--manifests: ENOENT'}
    ${['--manifests', '.', '--from', 'a/b', '--to', '::1', '--calico-version', 'new']} | ${'--calico-version'}
    ${['diff', '--manifests', '/tmp', '--add', '/nowhere/x.yaml']}                     | ${'--add: ENOENT'}
  `('refuses $words as usage', async ({ words, says }) => {
    const there = words.map((word: string) => (word === '.' || word === '/tmp' ? folder : word));
    const { code, out, err } = await run(there);

    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(says);
  });

  it('refuses a file of queries that is not there', async () => {
    expect(await run(['--manifests', folder, '--queries', join(folder, 'none.jsonl')])).toMatchObject({
      code: 64,
      out: '',
    });
  });

  it('answers each line of queries, in order, whatever is in it', async () => {
    await put({ 'np.yaml': np('{ports: [{port: 443}]}') });

    const found = await rows(
      '{"from":"shop/web","to":"2001:db8::1","port":443,"protocol":"TCP"}',
      '{"from":"shop/web","to":"2001:db8::1","port":"80"}',
      'nonsense',
      '',
      '[]',
      'null',
      '{"to":"::1"}',
      '{"from":"shop/web","to":"nowhere"}',
      '{"from":"shop/web","to":"2001:db8::1","port":-1}',
      '{"from":"shop/web","to":"2001:db8::1","port":443,"protocol":"QUIC"}',
      '{"from":{"__proto__":1},"to":"2001:db8::1"}',
      '{"from":"constructor/__proto__","to":"2001:db8::1"}',
      '{"from":"shop/web","to":"2001:db8::1","protocol":"udp","port":443}\r',
      '{"from":"shop/web","to":"2001:db8::1","protocol":"ICMPv6","port":null}',
      '{"from":"shop/web","to":"fd00::5","port":1}',
      '{"from":"shop/web","to":"2001:db8::1","protocol":"ICMPv6","port":0}',
      '{"from":"shop/web","to":"::ffff:192.0.2.1","port":443}',
      '{"from":"shop/web","to":"2001:db8::1","protocol":null,"port":443,"note":"more than was asked"}',
    );
    expect(found.map(({ allowed }) => allowed)).toEqual([
      ...[true, false, null, null, null, null, null, null, null, null, null, null],
      ...[false, false, true, false, true, true],
    ]);
    for (const { allowed, issues } of found) expect(issues.length > 0).toBe(allowed === null);
    expect(found[2].issues).toEqual(['line 3 is not JSON']);
  });

  it('reads queries from a file, with the chunks where they fall, and needs no last line end', async () => {
    const line = '{"from":"shop/web","to":"2001:db8::1","port":443}';
    await writeFile(join(folder, 'queries.jsonl'), `${line}\n${line}\n`);
    const bytes = new TextEncoder().encode(`{"from":"shop/é","to":"::1"}\n${line}`);

    const fromFile = await run(['--manifests', folder, '--queries', join(folder, 'queries.jsonl')]);
    const inBits = await run(
      ['--manifests', folder, '--queries', '-'],
      [...bytes].map((byte) => new Uint8Array([byte])),
    );

    expect(fromFile.out.split('\n')).toHaveLength(3);
    expect(inBits.out).toContain('shop/é is not among the manifests');
    expect(inBits.out.split('\n')).toHaveLength(3);
    expect((await run(['--manifests', folder, '--queries', '-'], [])).out).toBe('');
  });

  it('says what a change flips, and answers as `kubectl apply` would leave the cluster', async () => {
    await put({ 'np.yaml': np('') });
    const add = join(folder, '../', `${folder.split('/').at(-1)}-add.yaml`);
    await writeFile(add, np('{to: [{ipBlock: {cidr: "::/0"}}]}'));
    try {
      const { code, out } = await run(['diff', '--manifests', folder, '--add', add]);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toEqual({
        pods: [
          {
            pod: 'shop/web',
            newlyIsolated: false,
            noLongerIsolated: false,
            newlyOpen: [{ to: '::/0', protocol: 'any', ports: 'any' }],
            newlyShut: [],
            doubtful: [],
            unchanged: false,
          },
        ],
        newlyIsolated: [],
        issues: [],
      });
      expect((await run(['diff', '--manifests', folder, '--add', add, '-o', 'text'])).out).toBe(
        'shop/web\n  newly open ::/0 any any port\n',
      );
      const removed = await run(['diff', '--manifests', folder, '--remove', add]);
      expect(JSON.parse(removed.out).pods).toMatchObject([{ noLongerIsolated: true, newlyShut: [] }]);
      await writeFile(add, np('', 'strange').replace('shop', 'other'));
      const missing = await run(['diff', '--manifests', folder, '--remove', add, '-o', 'text']);
      expect(missing).toMatchObject({ code: 2, out: expect.stringContaining('The change selects no pod.') });
    } finally {
      await rm(add);
    }
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const terminal: Terminal = {
      out: () => stop.abort(),
      err: () => undefined,
      input: (async function* () {
        yield '{}\n{}\n{}\n';
      })(),
      env: {},
    };

    await expect(policyCommand(['--manifests', folder, '--queries', '-'], terminal, stop.signal)).rejects.toThrow(
      'abort',
    );
  });
});
