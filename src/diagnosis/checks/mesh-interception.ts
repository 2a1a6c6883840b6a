import type { Evidence } from '../../evidence/evidence.ts';
import type { DeviceCounters } from '../../evidence/network.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { riseOf } from '../counters.ts';
import { attemptsThatEnded } from '../failures.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';

export const meshInterception = defineCheck({
  id: 'mesh-interception',
  stage: 'application',
  title: 'Nothing in the pod takes its packets away',
  failureTitle: 'Rules inside the pod take its packets away',
  needs: ['pod', 'podConnects'],
  mayUse: ['podDevices', 'podCounters'],
  causes: ['mesh-drops-v6'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, podConnects }, extra) {
    const sidecars = pod.sidecars ?? [];
    const attempts = podConnects.filter(({ family }) => family === 6).length;
    const facts = sidecars.length > 0 ? [`containers of a mesh: ${sidecars.join(', ')}`] : ['no container of a mesh'];
    const refused = attemptsThatEnded(observed(podConnects), ['ECONNREFUSED']);
    const unheardOf = attemptsThatEnded(observed(podConnects), ['EHOSTUNREACH', 'TIMEOUT']);
    const sent = riseOf(extra.podCounters, 'Ip6OutRequests');
    const looped = packetsOf(extra.podDevices, 'lo');

    // Each refused attempt is a SYN and a RST on the loopback. What leaves besides is fewer than the attempts: neighbours ask.
    if (attempts > 0 && refused === attempts && sent !== null && looped !== null) {
      if (looped >= 2 * refused && sent - looped < refused) {
        return caught(
          pod,
          [...facts, `${sent} IPv6 packets sent, ${looped} packets on lo, around ${attempts} attempts`],
          {
            summary: `Rules inside pod ${podName(pod)} redirect its IPv6 connections to a port where nobody listens for IPv6: they never leave the pod.`,
            ruledOut: ['host-firewall-reject', 'calico-policy-deny'],
          },
        );
      }
    }
    const hidden = unheard(extra.podCounters);
    if (attempts > 0 && unheardOf === attempts && hidden !== null && hidden.lost > 0 && hidden.delivered === 0) {
      return caught(pod, [...facts, `${hidden.lost} IPv6 packets arrived for the pod and none was delivered`], {
        summary: `Pod ${podName(pod)} gets answers to its neighbour discovery and its own packet filter throws them away, so it finds no way out.`,
        ruledOut: ['pod-gateway-linklocal-mismatch', 'host-pod-route-missing'],
      });
    }
    return sidecars.length === 0
      ? { outcome: 'not-applicable', summary: `Pod ${podName(pod)} is in no mesh that is known here.`, facts: [] }
      : { outcome: 'pass', summary: `The mesh of pod ${podName(pod)} lets its packets out.`, facts };
  },
});

function caught(
  pod: Evidence['pod'],
  facts: readonly string[],
  { summary, ruledOut }: Pick<Extract<Judgement, { outcome: 'fail'; isDeciding: boolean }>, 'summary' | 'ruledOut'>,
): Judgement {
  return {
    outcome: 'fail',
    cause: 'mesh-drops-v6',
    confidence: 'certain',
    ruledOut,
    neighbours: [],
    isDeciding: true,
    summary,
    facts,
    fix: [
      "# the rules, from the pod's node as root:",
      `nsenter -n -t $(crictl inspectp -o go-template --template '{{.info.pid}}' $(crictl pods -q --namespace ${pod.namespace} --name ${pod.name})) ip6tables-save`,
      '# Istio: install with ISTIO_DUAL_STACK=true and let ICMPv6 in, or keep this pod out of it:',
      `kubectl -n ${pod.namespace} patch ${pod.workload === null ? `pod ${pod.name}` : `${pod.workload.kind.toLowerCase()} ${pod.workload.name}`} --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"sidecar.istio.io/inject":"false"}}}}}'`,
    ].join('\n'),
  };
}

function packetsOf(devices: Observation<DeviceCounters>, name: string): number | null {
  const counted = observedIn(devices);
  const [before, after] = [counted?.before[name], counted?.after[name]];
  return before && after && after.sent >= before.sent ? after.sent - before.sent : null;
}

/** Unicast packets that came in and that no protocol was given: the filter of the pod itself stands between the two. */
function unheard(counters: Observation<Evidence['podCounters']>): { lost: number; delivered: number } | null {
  const rise = (name: string) => riseOf(counters, `Ip6In${name}`);
  const [received, delivered] = [rise('Receives'), rise('Delivers')];
  if (received === null || delivered === null) return null;
  const others = ['McastPkts', 'AddrErrors', 'NoRoutes', 'Discards', 'HdrErrors', 'TruncatedPkts'].map(
    (name) => rise(name) ?? 0,
  );
  return { lost: received - delivered - others.reduce((sum, each) => sum + each, 0), delivered };
}

const observed = (value: Evidence['podConnects']) => ({ status: 'observed', value, by: 'the pod' }) as const;
