import { stringify } from 'yaml';
import { compare } from '../src/diagnosis/compare.ts';
import { type Judged, judge } from '../src/diagnosis/judge.ts';
import type { Report } from '../src/diagnosis/report.ts';
import type { Attempt } from '../src/evidence/evidence.ts';
import { observedIn } from '../src/evidence/observation.ts';
import type { Target } from '../src/jobs/job.ts';
import { destinationText, targetText } from '../src/jobs/request-text.ts';
import type { Clock, Cluster, ClusterSession, RawObject } from '../src/ports.ts';
import { planRemediation } from '../src/remediation/plan.ts';
import { type Collected, collect } from './collect.ts';
import { collectNode } from './collect-node.ts';
import { type Anchors, attemptFromPod, type Resolve } from './destinations.ts';
import type { DiagnoseRequest } from './processors/diagnose.ts';
import { readNeighbours } from './reads/neighbours.ts';
import { sharing } from './reads/shared.ts';
import { resolveTargets } from './reads/target.ts';
import { lookAtSibling, type SiblingLook } from './sibling.ts';

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
    const runs = await collectAll(session, target, attempt);
    signal.throwIfAborted();
    const { main, judged } = compare(
      mapped(runs, ({ collected }) => ({ ...placeOf(collected), judged: judge(collected.bag) })),
    );
    const [collected] = runs.flatMap((run) => (placeOf(run.collected).pod === main.pod ? [run.collected] : []));
    if (collected === undefined) throw new Error('the pod that speaks for the others is none of them');
    const more = runs.length === 1 ? await askSibling(session, collected, judged, attempt) : null;
    signal.throwIfAborted();
    const { verdict, findings, path } = more?.judged ?? judged;
    const remediation = await offer(deps, session, id, collected, verdict.policyIsCause === 'yes');

    const { pod, node, kubernetes, calico } = collected;
    const slowestProbeMs = Math.max(...runs.map((run) => run.collected.phase.slowestProbeMs));
    const phase = { ms: Math.max(...runs.map((run) => run.collected.phase.ms)), slowestProbeMs };
    return {
      ...{ version: 1, id, startedAt: startedAt.toISOString(), endedAt: clock.now().toISOString() },
      request: { cluster: cluster.name, target: targetText(target), destination: destinationText(destination) },
      subject: {
        ...{ namespace: pod?.namespace ?? '', pod: pod?.name ?? '', uid: pod?.uid ?? '', node },
        ...{ container: collected.container, rung: rungOf(collected), kubernetes, calico },
      },
      ...{ verdict, path, findings, remediation },
      cost: {
        ...session.cost(),
        totalMs: Math.round(performance.now() - started),
        phases: [phase, ...(more?.phase ? [more.phase] : [])],
      },
    };
  };
}

interface Run {
  readonly collected: Collected;
}

/** Everything that a target means, at once: one pod for each node of a workload, or a node by itself. */
async function collectAll(session: ClusterSession, target: Target, attempt: Attempt): Promise<[Run, ...Run[]]> {
  if (target.kind === 'node') return [{ collected: await collectNode(session, target.name, attempt) }];
  const [first, ...others] = await resolveTargets(session, target);
  if (others.length === 0) return [{ collected: await collect(session, first, attempt) }];
  const shared = sharing(session);
  const run = async (raw: RawObject): Promise<Run> => ({ collected: await collect(shared, raw, attempt) });
  const [head, ...tail] = await Promise.all([run(first), ...others.map(run)]);
  return [head, ...tail];
}

function mapped<A, B>([first, ...others]: readonly [A, ...A[]], change: (each: A) => B): [B, ...B[]] {
  return [change(first), ...others.map(change)];
}

function placeOf({ pod, node }: Collected): { readonly pod: string; readonly node: string | null } {
  return { pod: pod === null ? `node ${node}` : `${pod.namespace}/${pod.name}`, node };
}

/** A second phase, where the pod could not be tried or its own evidence leaves the cause open. */
async function askSibling(
  session: ClusterSession,
  { pod, container, bag }: Collected,
  { verdict }: Judged,
  attempt: Attempt,
): Promise<{ readonly judged: Judged; readonly phase: SiblingLook['phase'] } | null> {
  if (pod === null || pod.isHostNetwork || verdict.outcome === 'reachable') return null;
  const isOpen = verdict.outcome === 'inconclusive' || verdict.confidence === 'likely';
  const isByDesign = verdict.outcome === 'inconclusive' && verdict.policyIsCause === 'yes';
  if (!(isOpen || container === null) || isByDesign || verdict.stage === 'address') return null;
  const { sibling, phase } = await lookAtSibling(session, pod, observedIn(bag.attempt) ?? attempt);
  return { judged: judge({ ...bag, sibling }), phase };
}

function rungOf({ container, sawNode, pod }: Collected): Report['subject']['rung'] {
  if (container === null) return sawNode ? 'node-only' : 'api-only';
  return container === pod?.containers[0]?.name ? 'own-shell' : 'other-container';
}

async function offer(
  { clock, ttlMinutes, protectedNamespaces }: DiagnoserDeps,
  session: ClusterSession,
  requestId: string,
  { bag, pod }: Collected,
  policyIsCause: boolean,
): Promise<Report['remediation']> {
  const none = (refusal: string) => ({ offered: false, refusal, manifest: null });
  if (pod === null) return none('A node is asked about, and no policy of a pod is the cause.');
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
