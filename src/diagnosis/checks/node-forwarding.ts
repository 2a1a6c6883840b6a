import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { riseOf } from '../counters.ts';
import { attemptsThatEnded } from '../failures.ts';
import { exemptInNodesNetwork } from '../pod.ts';

export const nodeForwarding = defineCheck({
  id: 'node-forwarding',
  stage: 'forwarding',
  title: 'Node forwards IPv6',
  failureTitle: 'Node does not forward IPv6',
  needs: ['nodeSysctls'],
  mayUse: ['node', 'calico', 'nodeFilterRules', 'nodeCounters', 'podConnects'],
  causes: ['host-forwarding-disabled'],
  exempts: exemptInNodesNetwork,

  evaluate({ nodeSysctls }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const all = nodeSysctls['all/forwarding'];
    if (all === undefined) {
      return {
        outcome: 'inconclusive',
        summary: `net.ipv6.conf.all.forwarding of node ${node} is not among what was read.`,
        facts: Object.keys(nodeSysctls).map((key) => `${key} = ${nodeSysctls[key]}`),
      };
    }
    const still = Object.keys(nodeSysctls).filter((key) => key.endsWith('/forwarding') && nodeSysctls[key] === '0');
    if (all !== '0') {
      return {
        outcome: 'pass',
        summary: `Node ${node} forwards IPv6.`,
        facts: [
          `net.ipv6.conf.all.forwarding = ${all}`,
          // Linux asks the interface only where "all" is 0; alone it changes no more than how Router Advertisements are heard.
          ...still.map((key) => `net.ipv6.conf.${key.replace('/', '.')} = 0, harmless while all is 1`),
        ],
      };
    }

    // Felix switches forwarding on where its IPv6 support is; without a trace of it that is what may be missing.
    const isFelixHere =
      observedIn(extra.calico)?.flavour === 'absent' ||
      (observedIn(extra.nodeFilterRules)?.after ?? []).some(
        ({ chain, table }) => /^cali-/.test(chain) || /\bcalico\b/.test(table),
      );
    const refused = riseOf(extra.nodeCounters, 'Ip6InAddrErrors');
    const lost = attemptsThatEnded(extra.podConnects, ['TIMEOUT']);
    return {
      outcome: 'fail',
      cause: 'host-forwarding-disabled',
      confidence: isFelixHere ? 'certain' : 'likely',
      ruledOut: isFelixHere ? ['felix-ipv6-support-off'] : [],
      neighbours: isFelixHere ? [] : ['felix-ipv6-support-off'],
      isDeciding: refused !== null && lost > 0 && refused >= lost,
      summary: `Node ${node} does not forward IPv6 (net.ipv6.conf.all.forwarding = 0), so it drops what its pods send without a word.`,
      facts: [
        'net.ipv6.conf.all.forwarding = 0',
        ...(refused === null || refused === 0
          ? []
          : [`Ip6InAddrErrors rose by ${refused} on ${node} around our packets`]),
      ],
      fix: [
        `# on ${node}`,
        "echo 'net.ipv6.conf.all.forwarding = 1' > /etc/sysctl.d/90-ipv6-forwarding.conf && sysctl --system",
        '# a default route learned from Router Advertisements then needs accept_ra=2 on the uplink',
      ].join('\n'),
    };
  },
});
