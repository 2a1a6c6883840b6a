import { containsIPv6 } from '../src/diagnosis/networks.ts';
import { ipv6Of } from '../src/diagnosis/pod.ts';
import type { Attempt, EvidenceBag } from '../src/evidence/evidence.ts';
import type { Calico, PodObject } from '../src/evidence/objects.ts';
import { type Failure, failed, observed, observedIn } from '../src/evidence/observation.ts';
import type { ClusterSession, RawObject, ReadOutcome } from '../src/ports.ts';
import { nothingSeen } from './access/look.ts';
import { lookAtNode, type NodeLook } from './access/node.ts';
import { lookIntoPod, type PodLook } from './access/pod.ts';
import { settled } from './destinations.ts';
import { nodeSections, observations, podSections } from './probes/sections.ts';
import { readCalico } from './reads/calico.ts';
import { readCalicoNode } from './reads/calico-node.ts';
import { readCalicoSettings } from './reads/calico-settings.ts';
import { type Groups, readGroups, readKubernetesVersion } from './reads/discovery.ts';
import { readPodEvents } from './reads/events.ts';
import { readNode, readPeerNodes } from './reads/node.ts';
import { readWorkload } from './reads/owner.ts';
import { containersToTry, podOf, podPath } from './reads/pod.ts';
import { readPolicies } from './reads/policies.ts';

export interface Collected {
  readonly bag: EvidenceBag;
  /** Null where a node is asked about. */
  readonly pod: PodObject | null;
  readonly node: string | null;
  readonly container: string | null;
  readonly sawNode: boolean;
  readonly kubernetes: string | null;
  readonly calico: string | null;
  readonly phase: { readonly ms: number; readonly slowestProbeMs: number };
}

/** Everything that one run looks at: the API reads, one exec in the pod and one on its node, all at once. */
export async function collect(session: ClusterSession, raw: RawObject, attempt: Attempt): Promise<Collected> {
  const pod = podOf(raw);
  const started = performance.now();
  const groups = readGroups(session);
  const calicoRead = groups.then((served) => readCalico(session, served));
  const [workload, seen, calico, policies, node, peerNodes, events, kubernetes] = await Promise.all([
    readWorkload(session, raw),
    lookBoth(session, raw, pod, attempt),
    calicoRead,
    groups.then((served) => readPolicies(session, served, pod.namespace, pod.serviceAccount)),
    readNodeOf(session, pod),
    calicoRead.then((calico) => readPeersOf(session, pod, attempt, observedIn(calico))),
    readPodEvents(session, pod),
    readKubernetesVersion(session),
  ]);
  const { intoPod, atNode, calicoNode, calicoImage } = seen;
  const subject: PodObject = { ...pod, workload };
  const byPod = observations(podSections, intoPod);
  // Where the script printed nothing of names, the pod was not asked.
  const tried = settled(attempt, observedIn(byPod.podNames));

  return {
    bag: {
      attempt: observed(tried, 'the request'),
      pod: observed(subject, 'the Pod object'),
      node,
      calico,
      policies,
      calicoNode,
      peerNodes,
      events,
      ...byPod,
      ...observations(nodeSections, atNode),
    },
    ...{ pod: subject, node: pod.nodeName },
    container: intoPod.container,
    sawNode: atNode.frames.size > 0,
    kubernetes,
    calico: observedIn(calico)?.version ?? calicoImage,
    phase: { ms: Math.round(performance.now() - started), slowestProbeMs: Math.max(intoPod.ms, atNode.ms) },
  };
}

/** The policies and what they mean for a pod, read afresh: for a plan and for an apply. */
export async function readPolicyEvidence(
  session: ClusterSession,
  pod: Pick<PodObject, 'namespace' | 'serviceAccount'>,
) {
  const groups: ReadOutcome<Groups> = await readGroups(session);
  const [calico, policies] = await Promise.all([
    readCalico(session, groups),
    readPolicies(session, groups, pod.namespace, pod.serviceAccount),
  ]);
  return { calico, policies };
}

function readNodeOf(session: ClusterSession, { name, nodeName }: PodObject) {
  const nowhere = failed('NOT_ATTEMPTED', `pod ${name} is not on a node yet`);
  return nodeName === null ? Promise.resolve(nowhere) : readNode(session, nodeName);
}

/** Which node a pod's address is on, and how Calico reaches it; packets for the outside meet no other node. */
function readPeersOf(
  session: ClusterSession,
  { nodeName }: PodObject,
  { destinations }: Attempt,
  calico: Calico | null,
) {
  const pools = calico?.ipPools.map(({ cidr }) => cidr) ?? [];
  const isInside = destinations.some(({ address }) => pools.some((cidr) => containsIPv6(cidr, address)));
  const outside = failed('NOT_ATTEMPTED', 'no destination is the address of a pod');
  return isInside ? readPeerNodes(session, nodeName) : Promise.resolve(outside);
}

/** The node counts first, then the pod tries, then the node counts again. */
async function lookBoth(session: ClusterSession, raw: RawObject, pod: PodObject, attempt: Attempt) {
  const { destinations } = attempt;
  const found = pod.nodeName === null ? null : await readCalicoNode(session, pod.nodeName);
  const why = found === null ? `pod ${pod.name} is not on a node yet` : found.ok ? '' : found.why;
  const atNode: NodeLook | null = found?.ok
    ? lookAtNode(session, {
        target: found.target,
        node: pod.nodeName ?? '',
        podAddress: ipv6Of(pod),
        destinations,
      })
    : null;

  const settings = settingsOf(session, found?.raw ?? null, why);
  await atNode?.ready;
  const intoPod = await lookIntoPodOf(session, raw, pod, attempt);
  atNode?.finish();
  const nodeLook = (await atNode?.done) ?? nothingSeen(failed('NOT_ATTEMPTED', why), 'the node probe');
  return {
    ...{ intoPod, atNode: nodeLook, calicoNode: await settings },
    calicoImage: found?.ok ? found.version : null,
  };
}

export function settingsOf(session: ClusterSession, raw: RawObject | null, why: string) {
  return raw === null ? Promise.resolve(failed('NOT_ATTEMPTED', why)) : readCalicoSettings(session, raw);
}

async function lookIntoPodOf(
  session: ClusterSession,
  raw: RawObject,
  pod: PodObject,
  { destinations, name }: Attempt,
): Promise<PodLook> {
  if (pod.isHostNetwork) {
    const missing = failed('NOT_ATTEMPTED', `pod ${pod.name} uses its node's network, so the node's probe is its own`);
    return { ...nothingSeen(missing, 'the pod probe'), container: null };
  }
  const look = await lookIntoPod(session, { pod, containers: containersToTry(raw, pod), destinations, name });
  if (look.container === null) return look;
  const changed = await whyNotTheSame(session, pod);
  return changed === null ? look : { ...nothingSeen(changed, look.by), container: null };
}

/** A pod of the same name may have taken its place meanwhile, and then it was somebody else who answered. */
async function whyNotTheSame(session: ClusterSession, { namespace, name, uid }: PodObject): Promise<Failure | null> {
  const outcome = await session.get(podPath(namespace, name));
  if (!outcome.ok)
    return failed('READ_REFUSED', `pod ${name} could not be read again after its probe: ${outcome.message}`);
  return podOf(outcome.value).uid === uid
    ? null
    : failed('EXEC_TRANSPORT', `pod ${name} was replaced during its probe`);
}
