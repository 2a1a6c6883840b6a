import { stringify } from 'yaml';
import { judge } from '../src/diagnosis/judge.ts';
import type { Report } from '../src/diagnosis/report.ts';
import { observedIn } from '../src/evidence/observation.ts';
import { destinationText, targetText } from '../src/jobs/request-text.ts';
import type { Clock, Cluster, ClusterSession } from '../src/ports.ts';
import { planRemediation } from '../src/remediation/plan.ts';
import { type Collected, collect } from './collect.ts';
import { type Anchors, attemptFromPod, type Resolve } from './destinations.ts';
import type { DiagnoseRequest } from './processors/diagnose.ts';
import { readNeighbours } from './reads/neighbours.ts';

export interface DiagnoserDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly anchors: Anchors;
  readonly resolve: Resolve;
  /** For the policy that a report shows; the writer plans anew, with its own. */
  readonly ttlMinutes: number;
  readonly protectedNamespaces: readonly string[];
}

/** Collects, judges, and says whether a temporary policy would help. */
export function diagnoser(deps: DiagnoserDeps) {
  const { cluster, clock, anchors, resolve } = deps;

  return async ({ id, target, destination }: DiagnoseRequest, signal: AbortSignal): Promise<Report> => {
    const startedAt = clock.now();
    const started = performance.now();
    const session = cluster.session(id, signal);
    const attempt = await attemptFromPod(destination, anchors, resolve);
    const collected = await collect(session, target, attempt);
    signal.throwIfAborted();
    const { verdict, findings, path } = judge(collected.bag);
    const remediation = await offer(deps, session, id, collected, verdict.policyIsCause === 'yes');

    const { pod, kubernetes, calico, phase } = collected;
    return {
      ...{ version: 1, id, startedAt: startedAt.toISOString(), endedAt: clock.now().toISOString() },
      request: { cluster: cluster.name, target: targetText(target), destination: destinationText(destination) },
      subject: {
        ...{ namespace: pod.namespace, pod: pod.name, uid: pod.uid, node: pod.nodeName },
        ...{ container: collected.container, rung: rungOf(collected), kubernetes, calico },
      },
      ...{ verdict, path, findings, remediation },
      cost: { ...session.cost(), totalMs: Math.round(performance.now() - started), phases: [phase] },
    };
  };
}

function rungOf({ container, sawNode, pod }: Collected): Report['subject']['rung'] {
  if (container === null) return sawNode ? 'node-only' : 'api-only';
  return container === pod.containers[0]?.name ? 'own-shell' : 'other-container';
}

async function offer(
  { clock, ttlMinutes, protectedNamespaces }: DiagnoserDeps,
  session: ClusterSession,
  requestId: string,
  { bag, pod }: Collected,
  policyIsCause: boolean,
): Promise<Report['remediation']> {
  const none = (refusal: string) => ({ offered: false, refusal, manifest: null });
  if (!policyIsCause) return none('No policy is known to be the cause, so a temporary one is not offered.');
  const [policies, calico, attempt] = [observedIn(bag.policies), observedIn(bag.calico), observedIn(bag.attempt)];
  if (!policies || !calico || !attempt)
    return none('Not all policies could be read, so what a policy would change is in doubt.');
  const pods = await readNeighbours(session, pod.namespace);
  if (!pods.ok) return none(`The other pods of the namespace could not be read: ${pods.message}`);

  const plan = planRemediation({
    // The name that is shown is this run's; a proposal gets one of its own.
    ...{ id: `r${requestId.replaceAll('-', '').slice(0, 19)}`, requestId, requestedBy: 'ipv6check' },
    ...{ pod, pods: pods.value, policies, calico, destinations: attempt.destinations },
    expiresAt: new Date(clock.now().getTime() + ttlMinutes * 60_000),
    protectedNamespaces,
  });
  return plan.ok ? { offered: true, refusal: null, manifest: stringify(plan.manifest) } : none(plan.sentence);
}
