import type { Evidence } from '../../evidence/evidence.ts';
import type { Link } from '../../evidence/network.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { exemptInNodesNetwork } from '../pod.ts';

export const tunnelInterfaces = defineCheck({
  id: 'tunnel-interfaces',
  stage: 'overlay',
  title: 'No tunnel stands in the way',
  failureTitle: 'A tunnel stands in the way',
  needs: ['nodeLinks'],
  mayUse: ['node', 'nodeAddresses', 'nodeDestinationRoutes', 'calico'],
  // Tunnels join nodes: packets for the outside never enter one, so no cause of failing egress is named here.
  causes: [],
  exempts: exemptInNodesNetwork,

  evaluate({ nodeLinks }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const addresses = observedIn(extra.nodeAddresses);
    const tunnels = nodeLinks.filter(isTunnel);
    const facts = [
      ...tunnels.map((link) => describeTunnel(link, addresses)),
      ...poolFacts(observedIn(extra.calico)),
      'calico-ipip is not a device of any Calico version; the IPIP device is tunl0',
    ];

    const lookups = observedIn(extra.nodeDestinationRoutes);
    if (lookups === null) {
      return {
        outcome: 'inconclusive',
        summary: `Which interface of node ${node} the destinations leave by was not read; packets for the outside use no tunnel.`,
        facts,
      };
    }
    const inside = lookups.filter(({ device }) => tunnels.some(({ name }) => name === device));
    if (inside.length === 0) {
      const ways = lookups.map(({ to, device }) => `${to} by ${device ?? 'no interface'}`);
      return {
        outcome: 'not-applicable',
        summary: `Packets for ${ways.join(', ')} enter no tunnel of node ${node}: tunnels join the cluster's nodes, not the outside.`,
        facts,
      };
    }

    const dead = tunnels.filter(
      (link) => inside.some(({ device }) => device === link.name) && !isWorking(link, addresses),
    );
    const names = inside.map(({ to, device }) => `${to} through ${device}`).join(', ');
    return dead.length > 0
      ? {
          outcome: 'inconclusive',
          summary: `Packets for ${names} cross to another node, and ${dead.map(({ name }) => name).join(', ')} is down or has no address.`,
          facts,
          settledBy: `Restart calico-node on ${node}, which sets its tunnels up anew.`,
        }
      : { outcome: 'pass', summary: `Packets for ${names} cross to another node, and the tunnel is up.`, facts };
  },
});

function isTunnel({ name, kind }: Link): boolean {
  return (
    /^(vxlan.*\.calico|tunl0|wireguard\.cali|wg-v6\.cali)$/.test(name) ||
    /^(vxlan|ipip|wireguard|sit)$/.test(kind ?? '')
  );
}

function isWorking({ name, isUp }: Link, addresses: Evidence['nodeAddresses'] | null): boolean {
  return isUp && (addresses === null || addresses.some(({ device, scope }) => device === name && scope === 'global'));
}

function describeTunnel(link: Link, addresses: Evidence['nodeAddresses'] | null): string {
  const { name, kind, mtu, isUp } = link;
  const state = `${name} mtu ${mtu} ${isUp ? 'up' : 'down'}`;
  if (name === 'tunl0' || kind === 'ipip') return `${state}: IPIP carries IPv4 only`;
  if (name === 'vxlan.calico' || name === 'wireguard.cali') return `${state}: for IPv4 between nodes`;
  const own = (addresses ?? []).filter(({ device, scope }) => device === name && scope === 'global');
  return `${state} ${own.map(({ address }) => address).join(' ') || 'without an address'}: for IPv6 between nodes only`;
}

function poolFacts(calico: Evidence['calico'] | null): string[] {
  const pools = (calico?.ipPools ?? []).filter(({ cidr }) => cidr.includes(':'));
  return pools.map(
    ({ name, cidr, vxlanMode }) => `IPPool ${name} ${cidr}: vxlanMode ${vxlanMode}, and IPIP is not possible for IPv6`,
  );
}
