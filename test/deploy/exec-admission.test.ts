import { describe, expect, it } from 'vitest';
import type { ClusterSession, ExecTarget } from '../../src/ports.ts';
import type { Destination } from '../../workers/access/look.ts';
import { lookAtNode } from '../../workers/access/node.ts';
import { lookIntoPod } from '../../workers/access/pod.ts';
import { nodeScript, podScript } from '../../workers/probes/scripts.ts';
import { judge } from '../helpers/admission.ts';
import { helm, leastValues, namespace, render } from '../helpers/chart.ts';
import { fakeSession } from '../helpers/fake-session.ts';

const chart = helm.isThere ? render(leastValues) : [];
const destinations: readonly Destination[] = [
  { family: 6, address: '2001:4860:4860::8888', port: 443 },
  { family: 6, address: '64:ff9b::192.0.2.1', port: 65_535 },
  { family: 4, address: '8.8.8.8', port: 443 },
];

interface Asked {
  readonly target: ExecTarget;
  readonly argv: readonly string[];
}

/** What the product itself asks to run, in the pod and on its node. */
async function probes(home: string, node: ExecTarget, podAddress: string | null): Promise<Asked[]> {
  const asked: Asked[] = [];
  const session: ClusterSession = {
    ...fakeSession({}),
    exec(target, argv) {
      asked.push({ target, argv });
      return { write() {}, done: Promise.resolve({ kind: 'command-not-found', detail: 'no shell here' }) };
    },
  };
  const pod = { namespace: home, name: 'checkout-7d9f', phase: 'Running', containers: [] };
  await lookIntoPod(session, { pod, containers: ['app'], destinations });
  await lookAtNode(session, { target: node, node: 'node-a', podAddress, destinations }).done;
  return asked;
}

function refusalOf(
  { target, argv }: Asked,
  more: Readonly<Record<string, unknown>> = {},
  user = 'prober',
): string | null {
  const object = { stdout: true, container: target.container, command: argv, ...more };
  return judge(chart, {
    ...{ user: `system:serviceaccount:${namespace}:ipv6check-${user}`, operation: 'CONNECT', group: '' },
    ...{ resource: 'pods/exec', namespace: target.namespace, object, oldObject: null },
  }).refusal;
}

const calicoNode = (home: string) => ({ namespace: home, pod: 'calico-node-x', container: 'calico-node' });
const inPod: ExecTarget = { namespace: 'shop', pod: 'checkout-7d9f', container: 'app' };
const nonce = '0123456789abcdef01';
const line = (script: string, ...words: string[]): Asked => ({
  target: inPod,
  argv: ['sh', '-c', script, 'ipv6check', nonce, '4', ...words],
});

describe.skipIf(!helm.isThere)(`deploy/exec-admission${helm.note}`, () => {
  it.each(['calico-system', 'kube-system'])(
    'lets the prober run what it runs, with calico-node in %s',
    async (home) => {
      for (const address of ['fd00:10:244::7', null]) {
        const asked = await probes('shop', calicoNode(home), address);

        expect(asked).toHaveLength(2);
        expect(asked.map((each) => refusalOf(each))).toEqual([null, null]);
      }
    },
  );

  it.each`
    what                         | argv                                                                      | words
    ${'a shell of its own'}      | ${['sh']}                                                                 | ${/only the scripts/}
    ${'no command'}              | ${[]}                                                                     | ${/only the scripts/}
    ${'another program'}         | ${['cat', '/var/run/secrets/kubernetes.io/serviceaccount/token']}         | ${/only the scripts/}
    ${'another script'}          | ${line('id').argv}                                                        | ${/only the scripts/}
    ${'our script and more'}     | ${line(`${podScript}\nid`).argv}                                          | ${/only the scripts/}
    ${'our script but a letter'} | ${line(podScript.slice(0, -1)).argv}                                      | ${/only the scripts/}
    ${'our script read by bash'} | ${['bash', ...line(podScript).argv.slice(1)]}                             | ${/only the scripts/}
    ${'our script, printed'}     | ${['sh', '-x', ...line(podScript).argv.slice(2)]}                         | ${/only the scripts/}
    ${'another $0'}              | ${['sh', '-c', podScript, '/etc/passwd', nonce, '4']}                     | ${/only the scripts/}
    ${'too few arguments'}       | ${['sh', '-c', podScript, 'ipv6check', nonce]}                            | ${/only the scripts/}
    ${'a flood of arguments'}    | ${line(podScript, ...Array<string>(40).fill('6:1:443:2001:db8::1')).argv} | ${/only the scripts/}
    ${'a substitution'}          | ${line(podScript, '6:1:443:$(id)').argv}                                  | ${/numbers, addresses and names/}
    ${'a name for an address'}   | ${line(podScript, '6:1:443:example.com').argv}                            | ${/numbers, addresses and names/}
    ${'two lines'}               | ${line(podScript, '6:1:443:2001:db8::1\nid').argv}                        | ${/numbers, addresses and names/}
    ${'an option'}               | ${line(podScript, '--help').argv}                                         | ${/numbers, addresses and names/}
    ${'the node’s script'}       | ${line(nodeScript, '20', '-').argv}                                       | ${/calico-node/}
  `('refuses the prober $what in a pod', ({ argv, words }) => {
    expect(refusalOf({ target: inPod, argv })).toMatch(words);
  });

  it('refuses a terminal', () => {
    expect(refusalOf(line(podScript))).toBeNull();
    expect(refusalOf(line(podScript), { tty: true })).toMatch(/nobody sits/);
  });

  it('enters nothing but calico-node in a system namespace', async () => {
    const [intoPod, ontoNode] = await probes('kube-system', calicoNode('kube-system'), null);

    expect(refusalOf(intoPod!)).toMatch(/only the container calico-node/);
    expect(refusalOf({ ...ontoNode!, target: { ...ontoNode!.target, container: 'etcd' } })).toMatch(/calico-node/);
    expect(refusalOf(ontoNode!)).toBeNull();
    // Whoever may name a container so in a namespace of their own gets nothing by it.
    expect(refusalOf({ ...ontoNode!, target: calicoNode('shop') })).toMatch(/system namespace/);
  });

  it('says nothing about other people’s execs', () => {
    expect(refusalOf({ target: inPod, argv: ['sh'] }, {}, 'somebody')).toBeNull();
  });
});
