import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { riseOf } from '../counters.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';

export const packetSize = defineCheck({
  id: 'packet-size',
  stage: 'mtu',
  title: 'Packets of full size get through',
  failureTitle: 'Packets of full size get lost',
  needs: ['pod', 'podConnects', 'podUploads'],
  mayUse: ['podCounters', 'podLinks', 'podAddresses', 'nodeLinks', 'nodeDestinationRoutes'],
  causes: ['pmtu-black-hole'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, podConnects, podUploads }, extra) {
    const isConnected = (address: string, port: number) =>
      podConnects.some((each) => each.address === address && each.port === port && each.outcome === 'connected');
    const uploads = podUploads.filter(({ address, port }) => isConnected(address, port));
    const name = podName(pod);
    const tooBig = riseOf(extra.podCounters, 'Icmp6InPktTooBigs');
    const device = observedIn(extra.podAddresses)?.find(({ scope }) => scope === 'global')?.device ?? 'eth0';
    const mtu = observedIn(extra.podLinks)?.find((link) => link.name === device)?.mtu ?? null;
    const uplinks = new Set((observedIn(extra.nodeDestinationRoutes) ?? []).map((lookup) => lookup.device));
    const outer = (observedIn(extra.nodeLinks) ?? []).filter((link) => uplinks.has(link.name));
    const facts = [
      ...uploads.map(({ address, port, unacknowledgedBytes, retransmits }) =>
        unacknowledgedBytes === 0
          ? `upload to [${address}]:${port}: acknowledged`
          : `upload to [${address}]:${port}: ${unacknowledgedBytes} bytes unacknowledged after ${retransmits} retransmissions`,
      ),
      ...(mtu === null ? [] : [`${device} of the pod has an MTU of ${mtu}`]),
      ...outer.map((link) => `${link.name} of ${pod.nodeName} has an MTU of ${link.mtu}`),
      ...(tooBig === null || tooBig === 0 ? [] : [`Packet Too Big arrived ${tooBig} times`]),
    ];
    if (uploads.length === 0) {
      return {
        outcome: 'not-applicable',
        summary: 'No connection came about over which more than a segment could be sent.',
        facts,
      };
    }
    const stuck = uploads.filter(({ unacknowledgedBytes, retransmits }) => unacknowledgedBytes > 0 && retransmits > 0);
    const [first] = stuck;
    if (first === undefined) {
      const pending = uploads.filter(({ unacknowledgedBytes }) => unacknowledgedBytes > 0);
      return pending.length === 0
        ? { outcome: 'pass', summary: `More than a full segment of pod ${name} is acknowledged.`, facts }
        : {
            outcome: 'inconclusive',
            summary: `What pod ${name} sent was not acknowledged yet, nor sent again.`,
            facts,
          };
    }
    // A lossy path loses small packets as well.
    const isLossy = podConnects.some(({ family, outcome }) => family === 6 && outcome !== 'connected');
    const narrow = outer.find((link) => mtu !== null && link.mtu < mtu);
    const place = narrow
      ? `${narrow.name} of node ${pod.nodeName} carries ${narrow.mtu} bytes and the pod sends ${mtu}`
      : 'a link on the way carries less than the pod sends';
    return {
      outcome: 'fail',
      cause: 'pmtu-black-hole',
      confidence: isLossy ? 'likely' : 'certain',
      ruledOut: isLossy ? [] : ['node-upstream-black-hole'],
      neighbours: isLossy ? ['node-upstream-black-hole'] : [],
      isDeciding: !isLossy,
      summary: `Pod ${name} connects and its data stalls: ${place}, and no Packet Too Big says so.`,
      facts,
      fix: [
        '# let ICMPv6 type 2 (Packet Too Big) through everywhere: node firewall, security groups, the network outside;',
        '# until then lower the MTU (operator: Installation spec.calicoNetwork.mtu) to what the path carries, at least 1280,',
        `# and create the pod again:\nkubectl -n ${pod.namespace} delete pod ${pod.name}`,
      ].join('\n'),
    };
  },
});
