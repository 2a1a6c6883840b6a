import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyCommand } from '../../../../workers/cli/policy.ts';
import type { Terminal } from '../../../../workers/cli/terminal.ts';

const pod =
  '{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, status: {podIPs: [{ip: "fd00::5"}]}}\n';
const np = (egress: string, name = 'np') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [${egress}]}\n`;

describe('workers/cli/policy/files', () => {
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

  it('reads folders in folders, YAML and JSON, several documents, lists, and links, and nothing else', async () => {
    await put({
      'a/b/one.yml': `---\n# nothing\n---\n${np('', 'a')}---\n`,
      'two.json': JSON.stringify({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicyList',
        items: [{ metadata: { name: 'b', namespace: 'shop' }, spec: { podSelector: {}, policyTypes: ['Egress'] } }],
      }),
      'three.YAML': `apiVersion: v1\nkind: List\nitems:\n- ${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] })}\n- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: c, namespace: shop}, spec: {podSelector: {}, policyTypes: [Egress]}}\n`,
      'readme.md': 'no: [manifest',
      '.git/objects.yaml': 'no: [manifest',
    });
    await symlink(folder, join(folder, 'a/round'));

    const { isolatedBy, issues } = await answer();
    expect(isolatedBy.map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'c']);
    expect(issues).toEqual([]);
  });

  it.each`
    what                                          | text                                                                                                                                                             | says
    ${'a quote that never ends'}                  | ${'a: "b'}                                                                                                                                                       | ${'bad.yaml cannot be read'}
    ${'a broken second document'}                 | ${`${np('{}')}---\na: [`}                                                                                                                                        | ${'bad.yaml document 2 cannot be read'}
    ${'an alias that leads to itself'}            | ${'a: &a {b: *a}'}                                                                                                                                               | ${'leads back'}
    ${'aliases that grow without end'}            | ${`${['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((each, at) => `${each}: &${each} [${Array(9).fill(`*${'abcdefgh'[at]}`).join()}]`)].join('\n')}`} | ${'cannot be read'}
    ${'a template not filled in'}                 | ${'kind: {{ .Values.kind }}'}                                                                                                                                    | ${'one of its keys is no text'}
    ${'a depth that nobody writes'}               | ${'['.repeat(20_000)}                                                                                                                                            | ${'cannot be read'}
    ${'depth in JSON'}                            | ${`${'[['.repeat(5_000)}${']]'.repeat(5_000)}`}                                                                                                                  | ${'nested too deeply'}
    ${'text'}                                     | ${'hello'}                                                                                                                                                       | ${'no Kubernetes object'}
    ${'a list of YAML'}                           | ${'- a\n- b'}                                                                                                                                                    | ${'no Kubernetes object'}
    ${'values of a chart'}                        | ${'replicas: 3'}                                                                                                                                                 | ${'no Kubernetes object'}
    ${'a kind that is a number'}                  | ${'apiVersion: v1\nkind: 7'}                                                                                                                                     | ${'no Kubernetes object'}
    ${'items that are no list'}                   | ${'apiVersion: v1\nkind: List\nitems: 5'}                                                                                                                        | ${'items cannot be read'}
    ${'an item that is text'}                     | ${'apiVersion: v1\nkind: List\nitems: [hello]'}                                                                                                                  | ${'items[0] is no Kubernetes object'}
    ${'a policy without a name'}                  | ${'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {}'}                                                                                             | ${'NetworkPolicy without a name'}
    ${'a name that YAML 1.1 takes for a boolean'} | ${np('{}', 'y')}                                                                                                                                                 | ${'NetworkPolicy without a name'}
    ${'a key given twice'}                        | ${np('{}').replace('spec:', 'spec: {}\nspec:')}                                                                                                                  | ${'bad.yaml cannot be read'}
    ${'a kind that nobody knows'}                 | ${'apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: x}'}                                                                                                | ${'Thing x'}
    ${'a policy of another network'}              | ${'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: x, namespace: shop}'}                                                                   | ${'CiliumNetworkPolicy x'}
    ${'a version that nobody knows'}              | ${np('{}').replace('io/v1', 'io/v9')}                                                                                                                            | ${'not understood'}
    ${'the same policy in two ways'}              | ${`${np('{}')}---\n${np('')}`}                                                                                                                                   | ${'given twice'}
  `('doubts every answer after $what, and says where', async ({ text, says }) => {
    await put({ 'bad.yaml': text });

    const { code, allowed, issues } = await answer();
    expect({ code, allowed }).toEqual({ code: 2, allowed: null });
    expect(issues.join('\n')).toContain(says);
  });

  it.each`
    what                                | text
    ${'nothing'}                        | ${''}
    ${'comments'}                       | ${'# one\n---\n# two\n'}
    ${'kinds that decide nothing'}      | ${'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: x}\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'}
    ${'an ingress'}                     | ${'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: x}'}
    ${'another network elsewhere'}      | ${'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: x, namespace: data}'}
    ${'a malformed policy elsewhere'}   | ${np('nonsense').replace('namespace: shop', 'namespace: data')}
    ${'the same object again'}          | ${pod}
    ${'names of prototypes for labels'} | ${'{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {constructor: a, __proto__: b, toString: c}}}'}
    ${'a byte order mark'}              | ${'\uFEFFapiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}'}
  `('is in no doubt for $what', async ({ text }) => {
    await put({ 'other.yaml': text });

    expect(await answer()).toMatchObject({ code: 0, allowed: true, because: 'not-isolated' });
  });

  it('says of a file that cannot be read that it cannot', async () => {
    await symlink('/nowhere/at/all', join(folder, 'gone.yaml'));

    expect(await answer()).toMatchObject({ allowed: null, issues: [expect.stringContaining('gone.yaml')] });
  });

  it('reads label values as Kubernetes does: bare on and 010 are no text', async () => {
    await put({ 'np.yaml': np('').replace('podSelector: {}', 'podSelector: {matchLabels: {app: on}}') });
    expect(await answer()).toMatchObject({ allowed: null });
    await put({ 'np.yaml': np('').replace('podSelector: {}', 'podSelector: {matchLabels: {app: "on"}}') });
    expect(await answer()).toMatchObject({ allowed: true });
    await put({ 'np.yaml': np('{ports: [{port: 010}]}') });
    expect((await run(asked('--port', '8'))).code).toBe(0);
  });

  it('doubts what a pod that cannot be read may do', async () => {
    await put({ 'np.yaml': np(''), 'pods.yaml': pod.replace('app: web', 'app: 7') });

    expect(await answer()).toMatchObject({ code: 1 }); // it selects every pod, whatever its labels
    await put({ 'np.yaml': np('').replace('podSelector: {}', 'podSelector: {matchLabels: {app: web}}') });
    expect(await answer()).toMatchObject({ code: 2, issues: [expect.stringContaining('cannot be read')] });
  });
});
