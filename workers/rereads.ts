import type { Report } from '../src/diagnosis/report.ts';
import { BotError } from '../src/errors.ts';
import type { PodObject, StoredObject } from '../src/evidence/objects.ts';
import { observedIn } from '../src/evidence/observation.ts';
import { parseDestination } from '../src/jobs/parse-target.ts';
import { compilePolicies } from '../src/policy/compile.ts';
import { endpointOf } from '../src/policy/endpoint.ts';
import { evaluateEgress } from '../src/policy/evaluate.ts';
import { compareSets } from '../src/policy/simulate.ts';
import type { Cluster, ClusterSession, RawObject } from '../src/ports.ts';
import type { Remediation } from '../src/remediation/lifecycle.ts';
import { readPolicyEvidence } from './collect.ts';
import { type Anchors, attemptFor, type Resolve } from './destinations.ts';
import type { Destinations, PlanReading } from './processors/propose.ts';
import { readNeighbours } from './reads/neighbours.ts';
import { readWorkload } from './reads/owner.ts';
import { podOf, podPath } from './reads/pod.ts';

type Subject = Remediation['subject'];

export interface RereadDeps {
  readonly cluster: Cluster;
  readonly anchors: Anchors;
  readonly resolve: Resolve;
}

/** What a writer reads for itself: it believes neither the report nor the record. */
export function rereads({ cluster, anchors, resolve }: RereadDeps) {
  return {
    async readForPlan(id: string, subject: Subject, signal: AbortSignal): Promise<PlanReading> {
      const session = cluster.session(id, signal);
      const found = await samePod(session, subject);
      if (typeof found === 'string') return { ok: false, sentence: found };
      const [workload, pods, evidence] = await Promise.all([
        readWorkload(session, found),
        readNeighbours(session, subject.namespace),
        readPolicyEvidence(session, podOf(found)),
      ]);
      if (!pods.ok)
        return unreadable(pods.reason, `The pods of namespace ${subject.namespace} cannot be read: ${pods.message}`);
      const { policies, calico } = evidence;
      if (policies.status === 'failed') return unreadable(policies.code, policies.detail);
      if (calico.status === 'failed') return unreadable(calico.code, calico.detail);
      const pod: PodObject = { ...podOf(found), workload };
      return { ok: true, pod, pods: pods.value, policies: policies.value, calico: calico.value };
    },

    /** The same destinations as the run's, the name among them resolved anew. */
    async destinationsOf({ request }: Report): Promise<Destinations> {
      const parsed = request.destination === null ? null : parseDestination(request.destination);
      if (parsed && !parsed.ok) throw new BotError('DESTINATION_UNRESOLVED', parsed.problem);
      const attempt = await attemptFor(parsed?.value ?? null, anchors, resolve);
      return attempt.destinations;
    },

    /**
     * What a standing policy of ours has come to do that it must not: since the one that isolated was repaired or deleted, it
     * may be the one that cuts IPv4. Null when it does no harm, or when that cannot be told now: the next sweep asks again.
     */
    async harmOf(object: StoredObject, signal: AbortSignal): Promise<string | null> {
      const { namespace, name } = object.metadata;
      if (namespace === undefined || !object.apiVersion.startsWith('networking.k8s.io/')) return null;
      const session = cluster.session(name, signal);
      const [pods, evidence] = await Promise.all([
        readNeighbours(session, namespace),
        readPolicyEvidence(session, { namespace, serviceAccount: 'default' }),
      ]);
      const [policies, calico] = [observedIn(evidence.policies), observedIn(evidence.calico)];
      if (!pods.ok || !policies || !calico) return null;
      const others = policies.objects.filter(({ metadata }) => metadata.uid !== object.metadata.uid);
      const harmed = pods.value
        .filter(({ isHostNetwork }) => !isHostNetwork)
        .find((pod) => compareSets(pod, { ...policies, objects: others }, policies, calico, []).newlyIsolated);
      return harmed ? `It had become the only policy that isolates pod ${namespace}/${harmed.name}.` : null;
    },

    /** Null where the pod is gone or the policies are in doubt. */
    async admitsWithoutOurs(
      { id, subject, destinations, manifest }: Remediation,
      signal: AbortSignal,
    ): Promise<boolean | null> {
      const session = cluster.session(id, signal);
      const found = await samePod(session, subject);
      if (typeof found === 'string') return null;
      const pod = podOf(found);
      const evidence = await readPolicyEvidence(session, pod);
      const policies = observedIn(evidence.policies);
      if (!policies) return null;
      const others = policies.objects.filter(
        ({ kind, metadata }) => kind !== manifest.kind || metadata.name !== manifest.metadata.name,
      );
      const model = compilePolicies({ ...policies, objects: others }, observedIn(evidence.calico));
      const source = endpointOf(pod, policies);
      const answers = destinations
        .filter(({ family }) => family === 6)
        .map(({ address, port }) => evaluateEgress(model, source, { address, port, protocol: 'TCP' }).allowed);
      if (answers.includes(null)) return null;
      return answers.length > 0 && answers.every((allowed) => allowed === true);
    },
  };
}

/** The pod as it is now; or why it is another one. */
async function samePod(session: ClusterSession, { namespace, pod, uid }: Subject): Promise<RawObject | string> {
  const outcome = await session.get(podPath(namespace, pod));
  if (outcome.ok && podOf(outcome.value).uid === uid) return outcome.value;
  if (outcome.ok || outcome.reason === 'not-found') {
    return `Pod ${namespace}/${pod} is no longer the one that was checked. Run the check again.`;
  }
  if (outcome.reason === 'unavailable' || outcome.reason === 'throttled') {
    throw new BotError('CLUSTER_UNAVAILABLE', outcome.message);
  }
  return `Pod ${namespace}/${pod} cannot be read: ${outcome.message}`;
}

function unreadable(reason: string, detail: string): PlanReading {
  if (reason === 'unavailable' || reason === 'throttled' || reason === 'TIMED_OUT') {
    throw new BotError('CLUSTER_UNAVAILABLE', detail);
  }
  return { ok: false, sentence: `What a policy would change cannot be told: ${detail}` };
}
