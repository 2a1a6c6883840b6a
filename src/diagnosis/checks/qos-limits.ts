import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { attemptsThatEnded } from '../failures.ts';
import { risenRules } from '../filter-counters.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';

const limits = ['egressPacketRate', 'egressMaxConnections'] as const;

export const qosLimits = defineCheck({
  id: 'qos-limits',
  stage: 'policy',
  title: 'No limit of its own holds the pod back',
  failureTitle: "Limits in the pod's annotations stop its packets",
  needs: ['pod'],
  mayUse: ['nodeFilterRules', 'nodePodRoute', 'podConnects'],
  causes: ['qos-limit-hit'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod }, { nodeFilterRules, nodePodRoute, podConnects }) {
    const set = limits.flatMap((limit) => {
      const value = pod.annotations[`qos.projectcalico.org/${limit}`];
      return value === undefined ? [] : [`qos.projectcalico.org/${limit}: ${value}`];
    });
    const name = podName(pod);
    if (set.length === 0) {
      return { outcome: 'not-applicable', summary: `No annotation limits what pod ${name} sends.`, facts: [] };
    }
    if (nodeFilterRules.status !== 'observed') {
      return {
        outcome: 'inconclusive',
        summary: `Annotations limit pod ${name}, and the counters of these limits were not read.`,
        facts: set,
      };
    }
    const device = observedIn(nodePodRoute)?.device ?? null;
    const risen = risenRules(nodeFilterRules).filter(
      ({ chain, rule }) =>
        /over egress (packet rate|connection) limit/i.test(rule) && (device === null || chain.includes(device)),
    );
    const packets = risen.reduce((sum, { rise }) => sum + rise, 0);
    const facts = [...set, ...risen.map(({ chain, rule, rise }) => `${chain} ${rule}: +${rise} packets`)];
    const lost = attemptsThatEnded(podConnects, ['TIMEOUT', 'ECONNREFUSED', 'FAILED']);
    if (packets === 0 || lost === 0) {
      return { outcome: 'pass', summary: `Pod ${name} stays below the limits of its annotations.`, facts };
    }
    return {
      outcome: 'fail',
      cause: 'qos-limit-hit',
      confidence: packets >= lost ? 'certain' : 'likely',
      ruledOut: ['k8s-np-egress-isolated-no-v6', 'calico-policy-deny'],
      neighbours: [],
      isDeciding: packets >= lost,
      summary: `Pod ${name} is at the limit of its annotations, and its node drops or resets what is over it, before any policy and in both families.`,
      facts,
      fix: [
        '# raise or remove the annotation where the pod comes from; Calico follows at once for a pod that runs:',
        ...set.map((each) => `kubectl -n ${pod.namespace} annotate pod ${pod.name} ${each.split(':')[0]}-`),
      ].join('\n'),
    };
  },
});
