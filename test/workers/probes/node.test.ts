import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { failed } from '../../../src/evidence/observation.ts';
import { endMarker, framesOf, readyMarker } from '../../../workers/probes/frames.ts';
import { nodeScript } from '../../../workers/probes/scripts.ts';
import { nodeSections, observations } from '../../../workers/probes/sections.ts';
import { eventually } from '../../lab/cluster/exec-client.ts';
import { type Container, places, startContainer } from './container.ts';

const nonce = 'c0de';
const missing = failed('TRUNCATED', 'cut short');
const nothing = { running: 0, zombies: 0 };
const podAddress = 'fd00:10:244::a';
const { open, hole6 } = places;

/** What node/clean-up-filesystem.sh leaves in calico-node's image, as far as the script uses it. */
const image = [
  ...['bash', 'cat', 'grep', 'tail', 'timeout', 'ip', 'nft', 'ipset', 'conntrack'],
  ...['ip6tables-legacy-save', 'ip6tables-nft-save'],
];
const at = (tool: string) =>
  ['/usr/sbin', '/usr/bin'].map((folder) => `${folder}/${tool}`).find((path) => existsSync(path));

/** Of everything that the script looks for there is something. */
const world = `set -e
ip link add cali1 type veth peer name pod1
ip link set cali1 up; ip link set pod1 up
ip -6 addr add ${podAddress}/128 dev lo
ip -6 route add fd00:10:244::b/128 dev cali1
ip -6 route add default via fd00:b::2 dev v0 onlink
ip -6 route add blackhole fd00:10:244::/122 proto 80
ip -6 route add 2001:db8:2::/64 nexthop via fd00:b::3 dev v0 nexthop via fd00:b::4 dev v0
ip -6 route add unreachable 2001:db8:dead::/64
ip -6 neigh add fd00:b::9 lladdr 02:00:00:00:00:09 dev v0 router
ipset create cali60masq-ipam-pools hash:net family inet6
ipset add cali60masq-ipam-pools fd00:10:244::/56
ip6tables-legacy -A OUTPUT -d 2001:db8:bad::/48 -j DROP -m comment --comment "a rule: with words"
ip6tables-nft -t nat -N cali-nat-outgoing
ip6tables-nft -t nat -A cali-nat-outgoing -m set --match-set cali60masq-ipam-pools src -j MASQUERADE
ip -6 rule add pref 300 from fd00:10:244::/48 lookup 66
ip -6 route add unreachable default table 66
ip -6 route add ${podAddress}/128 dev cali1
ip link add vxlan-v6.calico type vxlan id 4096 dstport 4789 nolearning local fd00:b::1
bridge fdb append 66:00:00:00:00:02 dev vxlan-v6.calico dst fd00:b::2
nft 'table inet guard { set s { type ipv6_addr; elements = { fd00::1 }; }; chain f { type filter hook forward priority 5; policy drop; ip6 saddr @s counter drop; }; }'
nft 'table ip6 calico { chain filter-FORWARD { type filter hook forward priority 0; policy drop; meta mark 1 counter accept; }; }'
conntrack -I -s ${podAddress} -d 2001:db8::1 -p tcp --sport 40000 --dport 443 --state SYN_SENT -t 60 >/dev/null
`;

/** BIRD's client needs BIRD. */
const birdClient = `cat > /run/root/bin/birdcl6 <<'CLIENT'
#!/bin/sh
printf 'BIRD v0.3.3+birdv1.6.8 ready.\\nname     proto    table    state  since       info\\nstatic1  Static   master   up     2026-01-12\\n'
CLIENT
chmod +x /run/root/bin/birdcl6`;

let container: Container;
afterEach(() => container.close());

async function node(without: readonly string[] = []): Promise<Container> {
  const commands = image.filter((tool) => !without.includes(tool)).map((tool) => `${tool}=${at(tool)}`);
  container = await startContainer([...commands, `sh=${at('bash')}`]);
  await container.script(world);
  await container.script(birdClient);
  return container;
}

const argv = (patience: number, ...destinations: readonly string[]) => [
  ...['sh', '-c', nodeScript, 'ipv6check', nonce, '1', String(patience), podAddress, ...destinations],
];
const seen = (stdout: string) => observations(nodeSections, { frames: framesOf(stdout, nonce), missing, by: 'test' });
const statuses = (stdout: string) =>
  Object.entries(seen(stdout)).flatMap(([key, each]) => (each?.status === 'observed' ? [] : [[key, each?.detail]]));

describe('workers/probes/node', () => {
  it('says that it is ready, waits for a line, and reads its counters again', async () => {
    const { start, left } = await node();
    const probe = start(argv(20, `6:2:${open}:::1`, '6:1:443:2001:db8::1'));
    await probe.until(new RegExp(readyMarker(nonce)));
    await probe.until(/ connects 0 /);
    const before = framesOf(probe.stdout(), nonce);

    probe.type('\n');
    const { code, stdout, ms } = await probe.done;

    expect(before.has('nft-before')).toBe(true);
    expect(stdout.indexOf(readyMarker(nonce))).toBeLessThan(stdout.indexOf(' addresses 0 '));
    expect([...before.keys()].filter((name) => /after|neighbours|flows/.test(name))).toEqual([]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(endMarker(nonce));
    expect(statuses(stdout)).toEqual([]);
    expect(ms).toBeLessThan(10_000);
    expect(await left()).toEqual(nothing);
  });

  it('shows what its tools print of a real kernel', async () => {
    const { start } = await node();
    const probe = start(
      argv(20, `6:1:${open}:::1`, '6:1:443:2001:db8::1', '6:1:443:2001:db8:dead::1', `6:1:443:${hole6}`),
    );
    probe.type('\n');
    const { stdout } = await probe.done;

    expect(seen(stdout)).toMatchObject({
      nodeAddresses: {
        value: expect.arrayContaining([expect.objectContaining({ address: podAddress, device: 'lo' })]),
      },
      nodeRoutes: {
        value: expect.arrayContaining([
          expect.objectContaining({ destination: 'default', gateway: 'fd00:b::2', device: 'v0' }),
          expect.objectContaining({ destination: 'fd00:10:244::/122', type: 'blackhole' }),
          expect.objectContaining({ destination: '2001:db8:2::/64', gateway: 'fd00:b::3' }),
          expect.objectContaining({ destination: '2001:db8:2::/64', gateway: 'fd00:b::4' }),
        ]),
      },
      nodeLinks: {
        value: expect.arrayContaining([expect.objectContaining({ name: 'cali1', kind: 'veth', isUp: true })]),
      },
      nodePodRoute: { value: expect.objectContaining({ to: podAddress, device: 'lo', problem: null }) },
      nodeDestinationRoutes: {
        value: [
          expect.objectContaining({ to: '::1', device: 'lo' }),
          expect.objectContaining({ to: '2001:db8::1', device: 'v0', gateway: 'fd00:b::2', problem: null }),
          expect.objectContaining({ to: '2001:db8:dead::1', problem: 'No route to host' }),
          expect.objectContaining({ to: hole6, device: 'v0', gateway: null }),
        ],
      },
      nodeSysctls: { value: expect.objectContaining({ 'cali1/proxy_ndp': '0', 'all/forwarding': '0' }) },
      nodeNeighbours: {
        value: expect.arrayContaining([
          { address: hole6, device: 'v0', mac: '02:00:00:00:00:01', state: 'PERMANENT', isRouter: false },
          expect.objectContaining({ address: 'fd00:b::9', isRouter: true }),
        ]),
      },
      nodeRoutingRules: {
        value: expect.arrayContaining([expect.objectContaining({ from: 'fd00:10:244::/48', action: '66' })]),
      },
      // A rule leads the pod's packets elsewhere than the node's own.
      nodeForwardRoutes: {
        value: expect.arrayContaining([expect.objectContaining({ to: '2001:db8::1', problem: 'No route to host' })]),
      },
      nodeTables: { value: { after: { conntrackCount: expect.any(Number), conntrackMax: expect.any(Number) } } },
      nodeTunnelPeers: { value: [{ device: 'vxlan-v6.calico', mac: '66:00:00:00:00:02', address: 'fd00:b::2' }] },
      nodeBirdProtocols: { value: [{ name: 'static1', protocol: 'Static', state: 'up', info: '' }] },
      nodeAddressSets: { value: [{ name: 'cali60masq-ipam-pools', members: ['fd00:10:244::/56'] }] },
      nodeFlows: {
        value: [
          expect.objectContaining({
            ...{ protocol: 'tcp', state: 'SYN_SENT', isUnreplied: true, isAssured: false },
            original: { source: podAddress, destination: '2001:db8::1', sourcePort: 40_000, destinationPort: 443 },
          }),
        ],
      },
      nodeFilterRules: {
        value: {
          before: expect.arrayContaining([
            expect.objectContaining({
              backend: 'legacy',
              chain: 'OUTPUT',
              rule: expect.stringContaining('a rule: with words'),
            }),
            expect.objectContaining({ backend: 'nft', table: 'nat', chain: 'cali-nat-outgoing' }),
            expect.objectContaining({ backend: 'nftables', chain: 'filter-FORWARD', rule: 'policy DROP' }),
            expect.objectContaining({ table: 'inet guard', rule: 'policy DROP', hook: 'forward' }),
            expect.objectContaining({ table: 'inet guard', rule: 'ip6 saddr @s drop', packets: 0 }),
          ]),
        },
      },
      nodeConnects: {
        value: expect.arrayContaining([
          expect.objectContaining({ address: '::1', outcome: 'connected', tool: 'bash' }),
          expect.objectContaining({ address: hole6, outcome: 'TIMEOUT' }),
        ]),
      },
    });
  });

  it('waits no longer than it is told to', async () => {
    const { run, left } = await node();
    const { code, stdout, ms } = await run(argv(1));

    expect(code).toBe(0);
    expect(framesOf(stdout, nonce).has('snmp6-after')).toBe(true);
    expect(ms).toBeGreaterThan(900);
    expect(await left()).toEqual(nothing);
  });

  it('ends when nobody listens any more, connecting or waiting', async () => {
    const { start, script, left } = await node();
    const waiting = start(argv(20));
    await waiting.until(/ connects \d/);
    // A connect of eight seconds, which is not waited for.
    const connecting = start([...argv(20).with(5, '8'), `6:1:443:${hole6}`]);
    await connecting.until(/ sets 0 /);
    await eventually(async () => (await script('cat /proc/[0-9]*/comm')).includes('timeout'), 'the connect');

    waiting.endInput();
    connecting.endInput();
    const runs = [await waiting.done, await connecting.done];

    expect(runs.map(({ code }) => code)).toEqual([137, 137]);
    expect(runs.map(({ stdout }) => stdout.includes(endMarker(nonce)))).toEqual([false, false]);
    expect(runs[1]?.ms).toBeLessThan(6_000);
    await eventually(async () => (await left()).running === 0, 'the end of all processes');
  });

  it('ends so too after it has waited', async () => {
    const { start, script, left } = await node(['conntrack']);
    await script(
      `printf '#!/bin/sh\\n[ "$1" = -S ] || tail -f /dev/null\\n' > /run/root/bin/conntrack; chmod +x /run/root/bin/conntrack`,
    );
    const probe = start(argv(20, '6:1:443:2001:db8:dead::1'));
    probe.type('\n');
    await probe.until(/ neighbours 0 /);

    probe.endInput();
    const { code, ms } = await probe.done;

    expect(code).toBe(137);
    expect(ms).toBeLessThan(6_000);
    expect((await left()).running).toBe(0);
  });

  it('names the tools that it lacks, and no other section suffers', async () => {
    const { start } = await node(['conntrack', 'ipset', 'nft']);
    const probe = start(argv(20, '6:1:443:2001:db8:dead::1'));
    probe.type('\n');
    const { stdout } = await probe.done;

    expect(seen(stdout)).toMatchObject({
      nodeFlows: { status: 'failed', code: 'TOOL_MISSING' },
      nodeAddressSets: { status: 'failed', code: 'TOOL_MISSING' },
      // One of three filters.
      nodeFilterRules: { status: 'observed' },
      nodeRoutes: { status: 'observed' },
    });
  });

  it('looks for no flows of a pod that has no address', async () => {
    const { start } = await node();
    const words = argv(20, '6:1:443:2001:db8:dead::1').map((word) => (word === podAddress ? '-' : word));
    const probe = start(words);
    probe.type('\n');
    const { stdout } = await probe.done;

    expect(seen(stdout)).toMatchObject({
      nodeFlows: missing,
      nodePodRoute: missing,
      nodeRoutes: { status: 'observed' },
    });
  });
});
