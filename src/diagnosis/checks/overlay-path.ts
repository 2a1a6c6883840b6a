import type { Attempt, Evidence } from '../../evidence/evidence.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { type Flaw, leavesByDefault, podDestinations, routeFor, tunnelDevice, tunnelFlaw } from '../overlay-way.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';
import { describeRoute } from '../routes.ts';
import { describeTally, tallyOf } from '../tally.ts';
import { poolOf } from '../translation.ts';

export const overlayPath = defineCheck({
  id: 'overlay-path',
  stage: 'overlay',
  title: 'Packets for pods of other nodes get there',
  failureTitle: 'Packets for pods of other nodes do not get there',
  needs: ['pod', 'attempt', 'calico', 'nodeDestinationRoutes'],
  mayUse: [
    ...(['node', 'peerNodes', 'podConnects', 'nodeConnects', 'calicoNode', 'nodeRoutes'] as const),
    ...(['nodeLinks', 'nodeNeighbours', 'nodeTunnelPeers', 'nodeBirdProtocols'] as const),
  ],
  causes: ['overlay-v6-broken', 'node-ipv6-autodetect-wrong', 'bgp-v6-nexthop-or-session'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, attempt, calico, nodeDestinationRoutes }, extra) {
    const inside = podDestinations(attempt, pod, calico.ipPools).filter(({ address }) => {
      const device = nodeDestinationRoutes.find(({ to }) => to === address)?.device ?? '';
      return !/^(cali|lo$)/.test(device);
    });
    const node = pod.nodeName ?? 'the node';
    const [first] = inside;
    if (!first) {
      return {
        outcome: 'not-applicable',
        summary: `Nothing that was tried is a pod of another node than ${node}.`,
        facts: [],
      };
    }
    const tallies = tallyOf(observedIn(extra.podConnects) ?? []).filter(({ address }) =>
      inside.some((destination) => destination.address === address),
    );
    const answered = tallies.filter(({ connected, failures }) => connected > 0 || failures.includes('ECONNREFUSED'));
    if (answered.length > 0) {
      return {
        outcome: 'pass',
        summary: `${answered.map(({ address }) => address).join(' and ')} on another node answers pod ${podName(pod)}.`,
        facts: tallies.map(describeTally),
      };
    }
    const routes = observedIn(extra.nodeRoutes);
    const way = nodeDestinationRoutes.find(({ to }) => to === first.address);
    const scene: Scene = {
      ...{ name: podName(pod), node, to: first, calicoNode: observedIn(extra.calicoNode) },
      isTried: tallies.length > 0,
      facts: [
        ...tallies.map(describeTally),
        `${node}: ${first.address} ${way?.problem ?? `by ${way?.device ?? 'nothing'}${way?.gateway ? ` via ${way.gateway}` : ''}`}`,
      ],
    };
    const pool = poolOf(calico.ipPools, first.address) ?? poolOf(calico.ipPools, ipv6Of(pod) ?? '');
    const isAstray = leavesByDefault(way, routes) || (way !== undefined && way.problem !== null);
    if (pool && pool.vxlanMode !== 'Never') {
      const flaw = tunnelFlaw(way, isAstray, {
        ...{ node: observedIn(extra.node), peers: observedIn(extra.peerNodes), links: observedIn(extra.nodeLinks) },
        ...{ neighbours: observedIn(extra.nodeNeighbours), fdb: observedIn(extra.nodeTunnelPeers) },
      });
      if (flaw?.isAddress) return wrongAddress(scene, flaw.says);
      if (flaw) return brokenTunnel(scene, flaw);
      // Between nodes of one subnet packets may travel without a tunnel.
      return way?.device === tunnelDevice ? silentTunnel(scene) : silentRoute(scene, scene.facts);
    }
    const sessions = (observedIn(extra.nodeBirdProtocols) ?? []).filter(({ protocol }) => protocol === 'BGP');
    return judgeBgp(scene, isAstray, routeFor(first.address, routes), sessions);
  },
});

interface Scene {
  readonly name: string;
  readonly node: string;
  readonly to: Attempt['destinations'][number];
  readonly calicoNode: Evidence['calicoNode'] | null;
  readonly isTried: boolean;
  readonly facts: readonly string[];
}

function brokenTunnel({ name, node, to, facts, calicoNode }: Scene, { says, isCertain }: Flaw): Judgement {
  return {
    outcome: 'fail',
    cause: 'overlay-v6-broken',
    confidence: isCertain ? 'certain' : 'likely',
    ruledOut: isCertain ? ['node-ipv6-autodetect-wrong', 'node-nexthop-unreachable'] : ['node-nexthop-unreachable'],
    neighbours: isCertain ? [] : ['node-ipv6-autodetect-wrong'],
    isDeciding: false,
    summary: `Pod ${name} cannot reach ${to.address} on another node, because on node ${node} ${says}.`,
    facts: [...facts, says],
    fix: restart(node, calicoNode),
  };
}

function silentTunnel({ name, node, to, facts, isTried }: Scene): Judgement {
  if (!isTried) {
    return {
      outcome: 'inconclusive',
      summary: `The tunnel of node ${node} looks well, and nothing was sent through it.`,
      facts,
    };
  }
  return {
    outcome: 'fail',
    cause: 'overlay-v6-broken',
    confidence: 'likely',
    ruledOut: [],
    neighbours: ['node-ipv6-autodetect-wrong'],
    isDeciding: false,
    summary: `Packets of pod ${name} for ${to.address} enter the tunnel of node ${node} and nothing comes back: something between the two nodes, or on the other one, drops tunnel packets.`,
    facts,
    fix: [
      '# UDP 4789 (VXLAN) or 51821 (WireGuard) has to pass between all nodes over IPv6: host firewalls, security groups',
      `# on the other node, while the pod tries: do packets arrive?\nip6tables-save -c | grep -E '4789|51821'; ip -s link show vxlan-v6.calico`,
    ].join('\n'),
  };
}

function wrongAddress({ name, node, to, facts, calicoNode }: Scene, says: string): Judgement {
  const method = calicoNode?.environment.IP6_AUTODETECTION_METHOD ?? 'first-found';
  return {
    outcome: 'fail',
    cause: 'node-ipv6-autodetect-wrong',
    confidence: 'certain',
    ruledOut: ['overlay-v6-broken'],
    neighbours: [],
    isDeciding: false,
    summary: `Pod ${name} on node ${node} cannot reach ${to.address} on another node: ${says}.`,
    facts: [
      ...facts,
      says,
      ...(calicoNode
        ? [`calico-node: IP6=${calicoNode.environment.IP6 ?? 'not set'}, IP6_AUTODETECTION_METHOD=${method}`]
        : []),
    ],
    fix: [
      '# IPv6 is detected only with IP6=autodetect, and first-found takes unique local addresses and virtual ones, too',
      `kubectl -n ${calicoNode?.namespace ?? 'calico-system'} set env daemonset/calico-node IP6=autodetect IP6_AUTODETECTION_METHOD=kubernetes-internal-ip`,
      '# where the operator manages it: Installation spec.calicoNetwork.nodeAddressAutodetectionV6.kubernetes: NodeInternalIP',
    ].join('\n'),
  };
}

function silentRoute({ node, to }: Scene, facts: readonly string[]): Judgement {
  return {
    outcome: 'inconclusive',
    summary: `Node ${node} has a route to ${to.address} by another node, and nothing comes back.`,
    facts,
    settledBy: `Ask about a pod on the node that has ${to.address}: does it get out, and is the way back routed?`,
  };
}

function judgeBgp(
  scene: Scene,
  isAstray: boolean,
  route: Evidence['nodeRoutes'][number] | null,
  sessions: Evidence['nodeBirdProtocols'],
): Judgement {
  const { name, node, to, facts } = scene;
  const down = sessions.filter(({ info }) => !info.startsWith('Established'));
  const seen = [...facts, ...down.map((each) => `BIRD on ${node}: ${each.name} ${each.state} ${each.info}`)];
  const isRouters = isAstray && route?.protocol === 'bird';
  if (!isAstray) return silentRoute(scene, seen);
  const why = isRouters
    ? `its route (${route ? describeRoute(route) : ''}) leads to the router, which does not know the pods`
    : `no route leads there${down.length > 0 ? `, and BGP is not established (${down.map((each) => `${each.name}: ${each.info}`).join('; ')})` : ''}`;
  return {
    outcome: 'fail',
    cause: 'bgp-v6-nexthop-or-session',
    confidence: isRouters || down.length > 0 ? 'certain' : 'likely',
    ruledOut: ['overlay-v6-broken'],
    neighbours: isRouters || down.length > 0 ? [] : ['node-ipv6-autodetect-wrong'],
    isDeciding: false,
    summary: `Pod ${name} cannot reach ${to.address} on another node: on node ${node} ${why}.`,
    facts: seen,
    fix: [
      '# TCP 179 over IPv6 between the nodes (or to the route reflectors), and an on-link prefix on the uplink: a /128 has none',
      `kubectl -n ${scene.calicoNode?.namespace ?? 'calico-system'} exec ${scene.calicoNode?.pod ?? '<calico-node>'} -c calico-node -- birdcl6 -s /var/run/calico/bird6.ctl show protocols all`,
    ].join('\n'),
  };
}

function restart(node: string, calicoNode: Evidence['calicoNode'] | null): string {
  return [
    `# calico-node on ${node} writes the tunnel anew when it starts`,
    calicoNode
      ? `kubectl -n ${calicoNode.namespace} delete pod ${calicoNode.pod}`
      : `kubectl get pods -A -l k8s-app=calico-node --field-selector spec.nodeName=${node}`,
    '# it comes back? NetworkManager: unmanaged-devices=interface-name:vxlan*.calico',
  ].join('\n');
}
