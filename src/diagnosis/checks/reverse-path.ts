import { observed, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded } from '../failures.ts';
import { isCalicos } from '../filter-chains.ts';
import { describeRise, isDrop, type RisenRule, risenRules } from '../filter-counters.ts';
import { isGlobalUnicast } from '../networks.ts';
import { cameThrough, ownFlows } from '../own-flows.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';
import { describeRoute, isDefault, isNullEntry } from '../routes.ts';

export const reversePath = defineCheck({
  id: 'reverse-path',
  stage: 'firewall',
  title: 'Replies come back by a way that the node accepts',
  failureTitle: 'Node drops replies that come back by another way than packets leave',
  needs: ['pod', 'nodeFilterRules'],
  mayUse: ['attempt', 'podConnects', 'nodeRoutes', 'nodePodRoute', 'nodeFlows'],
  causes: ['rpf-drop-raw'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, nodeFilterRules }, extra) {
    const node = pod.nodeName ?? 'the node';
    const risen = risenRules(observed(nodeFilterRules, 'node')).filter(
      ({ rule }) => isDrop(rule) && isReversePath(rule),
    );
    const uplinks = (observedIn(extra.nodeRoutes) ?? [])
      .filter((route) => isDefault(route) && !isNullEntry(route))
      .map((route) => `${node}: ${describeRoute(route)}`);
    const facts = [...risen.map(describeRise), ...(risen.length > 0 ? uplinks : [])];
    const lost = attemptsThatEnded(extra.podConnects, ['TIMEOUT', 'EHOSTUNREACH', 'FAILED']);
    // A reply that is dropped is sent again, as often as the request is.
    const [first] = risen.filter(({ rise }) => lost > 0 && rise >= lost);
    const attempt = observedIn(extra.attempt);
    const flows = attempt ? ownFlows(extra.nodeFlows, pod, attempt) : [];
    // Whoever sends from an address that nobody can answer gets no reply that a filter could drop.
    const mayBeAnswered =
      extra.nodeFlows.status === 'failed' || cameThrough(flows).some(({ reply }) => isGlobalUnicast(reply.destination));
    if (first && !isCalicos(first) && mayBeAnswered) return repliesDropped(podName(pod), node, first, lost, facts);
    if (first && isCalicos(first) && observedIn(extra.nodePodRoute)?.problem === null)
      return ownDropped(podName(pod), node, first, lost, facts);
    return {
      outcome: 'pass',
      summary:
        first && isCalicos(first)
          ? `Calico drops what pod ${podName(pod)} sends because node ${node} has no route back to it.`
          : `No reverse path filter of node ${node} dropped as many replies as the pod waited for.`,
      facts,
    };
  },
});

function repliesDropped(
  name: string,
  node: string,
  first: RisenRule,
  lost: number,
  facts: readonly string[],
): Judgement {
  return {
    outcome: 'fail',
    cause: 'rpf-drop-raw',
    confidence: 'certain',
    ruledOut: ['pod-gua-not-routed-back', 'infra-source-filter', 'node-upstream-black-hole'],
    neighbours: [],
    isDeciding: true,
    summary: `A reverse path filter of node ${node} (${first.chain}: ${first.rule}) drops what comes back to pod ${name}: +${first.rise} around ${lost} failed attempts. Replies arrive by another interface than the node would answer by.`,
    facts,
    fix: [
      `# on ${node}: let replies come back by the interface that packets leave by, or loosen the filter`,
      "sed -i 's/^IPv6_rpfilter=.*/IPv6_rpfilter=no/' /etc/firewalld/firewalld.conf && systemctl restart firewalld",
      'ip -6 route show default; ip -6 rule',
    ].join('\n'),
  };
}

/** Calico's own filter drops what a pod's link sends and the node would not answer by that link. */
function ownDropped(name: string, node: string, first: RisenRule, lost: number, facts: readonly string[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'rpf-drop-raw',
    confidence: 'likely',
    ruledOut: ['host-pod-route-missing'],
    neighbours: [],
    isDeciding: true,
    summary: `Calico's reverse path filter on node ${node} drops what pod ${name} sends (+${first.rise} around ${lost} failed attempts), although the node has a route back to its address.`,
    facts,
    fix: [
      '# which address does the pod send from? Calico lets it use others with an annotation and a setting:',
      'cni.projectcalico.org/allowedSourcePrefixes: \'["<prefix>"]\'',
      `kubectl patch felixconfiguration default --type merge -p '{"spec":{"workloadSourceSpoofing":"Any"}}'`,
    ].join('\n'),
  };
}

function isReversePath(rule: string): boolean {
  return /-m rpfilter\b|fib saddr\b/.test(rule);
}
