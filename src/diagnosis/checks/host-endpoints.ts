import type { Attempt, Evidence } from '../../evidence/evidence.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { compilePolicies } from '../../policy/compile.ts';
import { endpointOf } from '../../policy/endpoint.ts';
import { evaluateAtHosts } from '../../policy/evaluate.ts';
import { defineCheck } from '../check.ts';
import { attemptsThatEnded } from '../failures.ts';
import { isDrop, risenRules } from '../filter-counters.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';
import { nameOf } from '../policy-denial.ts';
import { idOf, objectsOf } from '../policy-objects.ts';
import { repairOf } from '../policy-repair.ts';

export const hostEndpoints = defineCheck({
  id: 'host-endpoints',
  stage: 'policy',
  title: "Policies of the node's host endpoints let the pod's packets pass",
  failureTitle: "A policy of the node's host endpoint drops the pod's packets",
  needs: ['attempt', 'pod', 'policies'],
  mayUse: ['calico', 'nodeDestinationRoutes', 'nodeFilterRules', 'podConnects'],
  causes: ['hep-policy-on-forwarded'],
  exempts: exemptWithoutIPv6,

  evaluate({ attempt, pod, policies }, { calico, nodeDestinationRoutes, nodeFilterRules, podConnects }) {
    const model = compilePolicies(policies, observedIn(calico));
    if (model.beyond.length > 0) {
      return {
        outcome: 'inconclusive',
        summary: `Host endpoints were not read: ${model.beyond.join('; ')}.`,
        facts: [],
      };
    }
    const source = endpointOf(pod, policies);
    const uplinks = new Set((observedIn(nodeDestinationRoutes) ?? []).flatMap(({ device }) => device ?? []));
    const answers = attempt.destinations
      .filter(({ family }) => family === 6)
      .flatMap((to) =>
        evaluateAtHosts(model, source, { address: to.address, port: to.port, protocol: 'TCP' })
          .filter(
            ({ gate }) => gate.isOfAllInterfaces || gate.interfaceName === null || uplinks.has(gate.interfaceName),
          )
          .map((answer) => ({ ...answer, to })),
      );
    const drops = gateDrops(nodeFilterRules, podConnects);
    const facts = [
      ...answers.map(({ gate, verdict, to }) => `${gate.name} to ${placeOf(to)}: ${verdict.because}`),
      ...drops.facts,
    ];
    const shut = answers.filter(({ verdict }) => verdict.allowed === false);
    const [first] = shut;
    if (first === undefined) {
      const doubtful = answers.filter(({ verdict }) => verdict.allowed === null);
      if (doubtful.length > 0 || drops.areOurs) {
        const why =
          doubtful.flatMap(({ verdict }) => verdict.issues).join('; ') ||
          'its chains drop as many packets as the pod lost';
        return {
          outcome: 'inconclusive',
          summary: `What the host endpoints of node ${pod.nodeName} let pass is in doubt: ${why}.`,
          facts,
        };
      }
      return answers.length === 0
        ? { outcome: 'not-applicable', summary: `No host endpoint is in the way of pod ${podName(pod)}.`, facts }
        : { outcome: 'pass', summary: `The host endpoints of node ${pod.nodeName} let the packets pass.`, facts };
    }
    const refs = [...first.verdict.by, ...first.verdict.isolatedBy];
    const isOnWay =
      first.gate.isOfAllInterfaces || (first.gate.interfaceName !== null && uplinks.has(first.gate.interfaceName));
    const [culprit = null] = objectsOf(refs, policies);
    return {
      outcome: 'fail',
      cause: 'hep-policy-on-forwarded',
      confidence: isOnWay || drops.areOurs ? 'certain' : 'likely',
      ruledOut: [],
      neighbours: [],
      isDeciding: drops.areOurs,
      summary: `${refs.map(nameOf)[0] ?? 'A policy'} applies to what is forwarded through host endpoint ${first.gate.name} of node ${pod.nodeName}, and admits nothing to ${placeOf(first.to)}. No policy of the pod's own can help.`,
      facts: [...facts, ...(culprit === null ? [] : [`${culprit.kind} ${idOf(culprit)} has applyOnForward: true`])],
      fix: repairOf(
        culprit,
        attempt,
        shut.map(({ to }) => to),
      ),
    };
  },
});

/** Felix's chains for what is forwarded through a host endpoint, and for what is not tracked. */
function gateDrops(
  rules: Observation<Evidence['nodeFilterRules']>,
  connects: Observation<Evidence['podConnects']>,
): { readonly areOurs: boolean; readonly facts: readonly string[] } {
  const risen = risenRules(rules).filter(({ chain, rule }) => /cali-(thfw|fhfw)-/.test(chain) && isDrop(rule));
  const packets = risen.reduce((sum, { rise }) => sum + rise, 0);
  const lost = attemptsThatEnded(connects, ['TIMEOUT', 'ECONNREFUSED', 'EACCES', 'FAILED']);
  return {
    areOurs: lost > 0 && packets >= lost,
    facts: risen.map(({ chain, rule, rise }) => `${chain} ${rule}: +${rise} packets`),
  };
}

function placeOf({ address, port }: Attempt['destinations'][number]): string {
  return `[${address}]:${port}`;
}
