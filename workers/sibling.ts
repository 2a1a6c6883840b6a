import { ipv6Of } from '../src/diagnosis/pod.ts';
import type { Attempt, Evidence } from '../src/evidence/evidence.ts';
import type { PodObject } from '../src/evidence/objects.ts';
import { failed, type Observation, observed } from '../src/evidence/observation.ts';
import type { ClusterSession, RawObject } from '../src/ports.ts';
import { lookIntoPod } from './access/pod.ts';
import { observations, podSections } from './probes/sections.ts';
import { containersToTry, podOf } from './reads/pod.ts';

export interface SiblingLook {
  readonly sibling: Observation<Evidence['sibling']>;
  /** Null where nobody was there to be asked. */
  readonly phase: { readonly ms: number; readonly slowestProbeMs: number } | null;
}

/** Pods without a shell cost an exec each to find out. */
const mostTries = 3;

/** The same connects from a pod that shares as much as possible with the one that is asked about: its node first, then its workload. */
export async function lookAtSibling(session: ClusterSession, pod: PodObject, attempt: Attempt): Promise<SiblingLook> {
  const started = performance.now();
  const outcome = await session.list(`/api/v1/namespaces/${pod.namespace}/pods`);
  if (!outcome.ok) return none(`the other pods of ${pod.namespace} could not be read: ${outcome.message}`);
  const candidates = outcome.value.items
    .map((raw) => ({ raw, other: podOf(raw) }))
    .filter(({ other }) => other.uid !== pod.uid && mayAnswer(other))
    .toSorted((a, b) => closeness(b.other, pod) - closeness(a.other, pod));

  let slowestProbeMs = 0;
  for (const { raw, other } of candidates.slice(0, mostTries)) {
    const seen = await connectsOf(session, raw, other, attempt);
    slowestProbeMs = Math.max(slowestProbeMs, seen.ms);
    if (seen.connects === null) continue;
    const six = seen.connects.filter(({ family }) => family === 6);
    const phase = { ms: Math.round(performance.now() - started), slowestProbeMs };
    return {
      sibling: observed(
        {
          ...{ pod: `${other.namespace}/${other.name}`, node: other.nodeName },
          ...{ isSameNode: isOnNodeOf(other, pod), isSameWorkload: isOfWorkloadOf(other, pod) },
          ...{ attempts: six.length, connected: six.filter((each) => each.outcome === 'connected').length },
        },
        `the pod probe in ${other.namespace}/${other.name}`,
      ),
      phase,
    };
  }
  return none(`no other pod of ${pod.namespace} could try the same`);
}

const none = (why: string): SiblingLook => ({ sibling: failed('NOT_ATTEMPTED', why), phase: null });

function mayAnswer(other: PodObject): boolean {
  const runs = other.containers.some(({ isRunning }) => isRunning);
  return runs && !other.isTerminating && !other.isHostNetwork && ipv6Of(other) !== null;
}

async function connectsOf(session: ClusterSession, raw: RawObject, pod: PodObject, { destinations }: Attempt) {
  const look = await lookIntoPod(session, { pod, containers: containersToTry(raw, pod), destinations });
  const { podConnects } = observations(podSections, look);
  return { ms: look.ms, connects: podConnects?.status === 'observed' ? podConnects.value : null };
}

function closeness(other: PodObject, pod: PodObject): number {
  return (isOnNodeOf(other, pod) ? 2 : 0) + (isOfWorkloadOf(other, pod) ? 1 : 0);
}

const isOnNodeOf = (other: PodObject, pod: PodObject): boolean =>
  pod.nodeName !== null && other.nodeName === pod.nodeName;

function isOfWorkloadOf(other: PodObject, { workload }: PodObject): boolean {
  const wanted = Object.entries(workload?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => other.labels[key] === value);
}
