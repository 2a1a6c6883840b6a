import { CoreV1Api, NetworkingV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabCluster, startCluster } from '../../../lab/cluster/start.ts';
import type { Network, World } from '../../../lab/contract.ts';
import { startNetwork } from '../../../lab/network/start.ts';
import { makeWorld } from '../../../lab/network/world.ts';
import { execToEnd, rawExec } from './exec-client.ts';
import { configOf } from './stand-in.ts';

let world: World;
let network: Network;
let cluster: LabCluster;

beforeAll(async () => {
  world = makeWorld({ seed: 11 });
  network = await startNetwork(world);
  cluster = await startCluster({ objects: world.objects, network });
});
afterAll(async () => {
  await cluster?.close();
  await network?.close();
});

/** Exit code of a TCP connect from the subject's pod to the first anchor. */
async function connect(family: 'ipv6' | 'ipv4'): Promise<number> {
  const [anchor] = world.anchors;
  const command = ['nc', '-w', '2', anchor?.[family] ?? '', String(anchor?.port)];
  const { namespace, pod } = world.subject;
  const status = (await execToEnd({ cluster }, { namespace, pod, command })).status();
  return status.status === 'Success' ? 0 : Number(status.details.causes[0].message);
}

describe('lab/cluster in lab/network', () => {
  it('runs an exec in the pod’s own namespaces and root', async () => {
    const { namespace, pod } = world.subject;

    const result = await execToEnd(
      { cluster },
      { namespace, pod, command: ['sh', '-c', 'ip -6 addr show eth0; ls /'] },
    );

    const api = configOf(cluster, 'prober').makeApiClient(CoreV1Api);
    const { status } = await api.readNamespacedPod({ namespace, name: pod });
    const ipv6 = status?.podIPs?.find(({ ip }) => ip.includes(':'))?.ip;
    expect(result.stdout()).toContain(ipv6);
    expect(result.stdout()).not.toContain('home');
    expect(result.status().status).toBe('Success');
  });

  it('knows only the commands of the pod’s image', async () => {
    const { namespace, pod } = world.subject;

    const { status } = await execToEnd({ cluster }, { namespace, pod, command: ['python3', '-c', ''] });

    expect(status().message).toMatch(/exec: "python3": executable file not found in \$PATH$/);
  });

  it('ends with its client when a dead man’s switch is set', async () => {
    const { namespace, pod } = world.subject;
    const guard = 'exec 3<&0 </dev/null; ( cat <&3 >/dev/null 2>&1; kill -9 0 ) >/dev/null 2>&1 & exec 3<&-';
    const run = rawExec(
      { cluster },
      {
        namespace,
        pod,
        stdin: true,
        command: ['sh', '-c', `${guard}\necho up; while :; do sleep 0.1; done # switched`],
      },
    );
    await run.until(/up/);

    run.socket.terminate();

    let left = 'not looked';
    const deadline = Date.now() + 5_000;
    while (left !== '' && Date.now() < deadline) {
      const { stdout } = await execToEnd({ cluster }, { namespace, pod, command: ['ps', '-o', 'args'] });
      left = stdout()
        .split('\n')
        .filter((line) => line.includes('# switched'))
        .join('\n');
    }
    expect(left).toBe('');
    expect(cluster.runningExecs).toBe(0);
  });

  it('changes what nc can do when a NetworkPolicy is created, and again when it is deleted', async () => {
    const { namespace } = world.subject;
    const api = configOf(cluster, 'writer').makeApiClient(NetworkingV1Api);
    const body = {
      metadata: { name: 'ipv4-only' },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] },
    };
    const before = [await connect('ipv6'), await connect('ipv4')];

    await api.createNamespacedNetworkPolicy({ namespace, body });
    await cluster.settled();
    const during = [await connect('ipv6'), await connect('ipv4')];
    await api.deleteNamespacedNetworkPolicy({ namespace, name: 'ipv4-only' });
    await cluster.settled();
    const after = [await connect('ipv6'), await connect('ipv4')];

    expect(before).toEqual([0, 0]);
    expect(during).toEqual([1, 0]);
    expect(after).toEqual([0, 0]);
  });

  it('ends an exec on the node’s tools with 137 when their pod is deleted', async () => {
    const node = cluster.objects('Pod').find(({ metadata }) => metadata.name.startsWith('calico-node'));
    const { name = '', namespace = '' } = node?.metadata ?? {};
    const run = rawExec({ cluster }, { namespace, pod: name, command: ['sh', '-c', 'echo up; tail -f /dev/null'] });
    await run.until(/up/);

    await cluster.remove({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });

    expect((await run.done).status().details.causes[0].message).toBe('137');
  });

  it('says so where a pod is only an object', async () => {
    const agent = cluster.objects('Pod').find(({ metadata }) => metadata.name.startsWith('agent-'));

    const { status } = await execToEnd(
      { cluster },
      { namespace: 'shop', pod: agent?.metadata.name ?? '', command: ['true'] },
    );

    expect(status()).toMatchObject({ reason: 'InternalError', code: 500 });
  });
});
