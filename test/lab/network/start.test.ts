import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject, Network } from '../../../lab/contract.ts';
import { startNetwork } from '../../../lab/network/start.ts';
import { makeWorld } from '../../../lab/network/world.ts';
import { connect, containerOf, run } from './probing.ts';

const [anchor, second] = makeWorld().anchors;

describe('lab/network/start', () => {
  let network: Network;

  beforeAll(async () => {
    network = await startNetwork(makeWorld({ seed: 41 }));
  });

  afterAll(() => network?.close());

  it('carries a healthy pod to both anchors over both families, by the image’s own nc', async () => {
    const words = [anchor!.ipv6, second!.ipv6, anchor!.ipv4, second!.ipv4].map(
      (a) => `nc -w 3 ${a} 443 </dev/null || echo ${a}`,
    );
    const { code, stdout } = await run(network, containerOf(network, /^checkout/), ['sh', '-c', words.join('; ')]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('wires a pod as Calico does', async () => {
    const { stdout } = await run(network, containerOf(network, /^checkout/), ['sh', '-c', 'ip -6 addr; ip -6 route']);

    expect(stdout).toMatch(/inet6 fd[0-9a-f:]+\/128 scope global/);
    expect(stdout).toContain('default via fe80::ecee:eeff:feee:eeee dev eth0');
  });

  it('gives calico-node the tools of its image and no others', async () => {
    const node = containerOf(network, /^calico-node/);
    const { stdout } = await run(network, node, [
      'bash',
      '-c',
      'for t in ip conntrack ipset nft timeout ip6tables-nft-save birdcl6 ping curl awk cut sleep sysctl nsenter; do type $t >/dev/null 2>&1 && echo $t; done',
    ]);

    expect(stdout.trim().split('\n')).toEqual([
      'ip',
      'conntrack',
      'ipset',
      'nft',
      'timeout',
      'ip6tables-nft-save',
      'birdcl6',
    ]);
  });

  it('runs commands with their own exit code, signal and standard input', async () => {
    const pod = containerOf(network, /^checkout/);

    expect(await run(network, pod, ['sh', '-c', 'cat; exit 3'], 'in')).toMatchObject({ code: 3, stdout: 'in' });
    expect(await run(network, pod, ['sh', '-c', 'kill -9 $$'])).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('says in the runtime’s words that a container has no shell', async () => {
    const bare = containerOf(network, /^static/);

    expect(await network.resolve(bare, ['sh'])).toEqual({
      ok: false,
      problem: 'exec: "sh": executable file not found in $PATH',
    });
    expect(await network.resolve(containerOf(network, /^checkout/), ['sh'])).toEqual({ ok: true });
  });

  it('lets packets obey a policy from its creation to its end', async () => {
    const { world } = network;
    const pod = { namespace: world.subject.namespace, pod: world.subject.pod };
    const policy: KubeObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace: 'shop', name: 'shut' },
      spec: {
        podSelector: { matchLabels: { app: 'checkout' } },
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '::/0', except: [`${second!.ipv6}/128`] } }] }],
      },
    };

    await network.enforce([...world.objects, policy]);
    expect(await connect(network, pod, anchor!.ipv6)).toBe('open');
    expect(await connect(network, pod, second!.ipv6, 443, 1)).toBe('silence');
    expect(await connect(network, pod, anchor!.ipv4, 443, 1)).toBe('silence');

    await network.enforce(world.objects);
    expect(await connect(network, pod, anchor!.ipv4)).toBe('open');
  });
});

describe('lab/network/holder', () => {
  const bringUp = `import { startNetwork } from './lab/network/start.ts'; import { makeWorld } from './lab/network/world.ts';
    const network = await startNetwork(makeWorld({ seed: 43 })); console.log(await network.shell({ node: 'any' }, 'readlink /proc/self/ns/net')); setInterval(() => {}, 1000);`;

  it.each([
    { who: 'root', words: [] },
    { who: 'somebody without rights', words: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] },
  ])(
    'leaves nothing behind when its process is killed, as $who',
    async ({ words }) => {
      const [command, ...args] = [...words, process.execPath, '--input-type=module', '-e', bringUp];
      const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const netns = line.toString('utf8').trim();
      expect(netns).toMatch(/^net:\[\d+\]$/);

      child.kill('SIGKILL');
      await once(child, 'exit');

      const users = () =>
        spawnSync('sh', ['-c', `ls -l /proc/[0-9]*/ns/net 2>/dev/null | grep -cF '${netns}'`], {
          encoding: 'utf8',
        }).stdout.trim();
      await expect.poll(users, { timeout: 10_000 }).toBe('0');
    },
    30_000,
  );
});
