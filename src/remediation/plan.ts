import type { Calico, PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import { compilePolicies } from '../policy/compile.ts';
import { endpointOf } from '../policy/endpoint.ts';
import { evaluateEgress } from '../policy/evaluate.ts';
import type { PolicyRef, PolicyVerdict } from '../policy/model.ts';
import { record, records } from '../policy/read.ts';
import { compareSets, type Effect } from '../policy/simulate.ts';
import { type Layer, manifestFor, ownTier, type Wish } from './manifest.ts';

export interface PlanInput {
  readonly id: string;
  readonly pod: PodObject;
  /** All pods of the namespace that can be seen, this one included or not. */
  readonly pods: readonly PodObject[];
  readonly policies: Policies;
  readonly calico: Calico;
  /** The IPv6 destinations that were tried. */
  readonly destinations: readonly { readonly family: 4 | 6; readonly address: string; readonly port: number }[];
  readonly expiresAt: Date;
  readonly requestedBy: string;
  readonly requestId: string;
  readonly protectedNamespaces: readonly string[];
}

export type Refusal =
  | 'policy-is-not-the-cause'
  | 'would-isolate'
  | 'would-change-nothing'
  | 'doubtful'
  | 'blocked-above'
  | 'override-not-granted'
  | 'protected-namespace'
  | 'no-writable-api';

export type Plan =
  | {
      readonly ok: true;
      readonly manifest: StoredObject;
      readonly pods: readonly string[];
      readonly opens: readonly string[];
      readonly staysShut: readonly string[];
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly sentence: string };

const refuse = (refusal: Refusal, sentence: string): Plan => ({ ok: false, refusal, sentence });
const called = ({ kind, namespace, name }: PolicyRef) => `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;

/** Which object would open IPv6 for this pod and harm nobody; or why none is offered. */
export function planRemediation(input: PlanInput): Plan {
  const { pod, policies, destinations } = input;
  if (input.protectedNamespaces.includes(pod.namespace)) {
    return refuse(
      'protected-namespace',
      `Namespace ${pod.namespace} is protected: its policies are changed by hand only.`,
    );
  }
  const model = compilePolicies(policies);
  const source = endpointOf(pod, policies);
  const verdicts = destinations
    .filter(({ family }) => family === 6)
    .map(({ address, port }) => evaluateEgress(model, source, { address, port, protocol: 'TCP' }));
  const doubt = verdicts.find(({ allowed }) => allowed === null);
  if (doubt)
    return refuse('doubtful', `Whether policies allow the destination is in doubt: ${doubt.issues[0] ?? 'unknown'}.`);
  const denied = verdicts.filter(({ allowed }) => allowed === false);
  const [first] = denied;
  if (!first) {
    const isFree = verdicts.every(({ because }) => because === 'not-isolated');
    return refuse(
      'policy-is-not-the-cause',
      isFree
        ? 'No egress policy selects the pod, so a temporary one would only cut it off from everything else.'
        : 'The policies that select the pod allow the destination, so another one would change nothing.',
    );
  }
  const explicit = denied.find(({ because }) => because === 'denied-by-rule');
  if (explicit) {
    const [rule] = explicit.by;
    const where = rule ? `${called(rule)} ${rule.path}` : 'a rule';
    return refuse(
      'override-not-granted',
      `${where} denies the destination explicitly; overriding a Deny is not granted to anybody here.`,
    );
  }
  return choose(input, first);
}

function choose(input: PlanInput, denied: PolicyVerdict): Plan {
  const scope = scopeOf(input, denied);
  if (!scope)
    return refuse(
      'no-writable-api',
      'The pod has no label that only its workload bears, so no policy can be aimed at it alone.',
    );
  const wish: Wish = {
    ...scope,
    id: input.id,
    namespace: input.pod.namespace,
    expiresAt: input.expiresAt,
    requestedBy: input.requestedBy,
    requestId: input.requestId,
  };
  const layers = layersOf(input);
  let last: Plan = refuse(
    'no-writable-api',
    'This cluster serves no policy API in which a temporary policy could be written.',
  );
  for (const layer of layers) {
    last = tryLayer(input, manifestFor(layer, wish));
    if (last.ok) return last;
  }
  return last;
}

/** Preferred first: what can never isolate comes before what can. */
function layersOf({ policies, calico }: PlanInput): Layer[] {
  const tier = policies.objects.find(({ kind, metadata }) => kind === 'Tier' && metadata.name === ownTier);
  const hasV3 = calico.flavour === 'v3-aggregated' || calico.flavour === 'v3-native';
  const hasTier = hasV3 && tier !== undefined && record(tier.spec).defaultAction === 'Pass';
  const hasAdmin = policies.objects.some(
    ({ apiVersion, kind }) => kind === 'ClusterNetworkPolicy' && apiVersion === 'policy.networking.k8s.io/v1alpha2',
  );
  return [
    ...(hasTier ? ['calico-tier' as const] : []),
    ...(hasAdmin ? ['cluster-network-policy' as const] : []),
    'network-policy',
  ];
}

/** The workload's selector and the isolating policy's together: it survives a rollout and touches nobody who was free. */
function scopeOf(
  { pod, policies }: PlanInput,
  denied: PolicyVerdict,
): Pick<Wish, 'matchLabels' | 'matchExpressions'> | null {
  const { 'pod-template-hash': _hash, 'controller-revision-hash': _revision, ...own } = pod.labels;
  const workload = pod.workload && Object.keys(pod.workload.matchLabels).length > 0 ? pod.workload.matchLabels : own;
  if (Object.keys(workload).length === 0) return null;
  const isolating = policies.objects.find(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === 'networking.k8s.io/v1' &&
      denied.isolatedBy.some(
        (ref) => ref.kind === kind && ref.name === metadata.name && ref.namespace === metadata.namespace,
      ),
  );
  const selector = record(record(isolating?.spec).podSelector);
  const labels = Object.fromEntries(
    Object.entries(record(selector.matchLabels)).map(([key, value]) => [key, String(value)]),
  );
  return { matchLabels: { ...workload, ...labels }, matchExpressions: [...records(selector.matchExpressions)] };
}

function tryLayer({ pod, pods, policies, destinations }: PlanInput, manifest: StoredObject): Plan {
  const everyone = pods.some(({ uid }) => uid === pod.uid) ? pods : [pod, ...pods];
  const after: Policies = { ...policies, objects: [...policies.objects, manifest] };
  const effects = everyone
    .filter(({ isHostNetwork }) => !isHostNetwork)
    .map((each) => compareSets(each, policies, after, destinations));
  const harmed = effects.find(({ newlyIsolated, newlyShut }) => newlyIsolated || newlyShut.length > 0);
  if (harmed)
    return refuse(
      'would-isolate',
      `It would isolate ${harmed.pod}, which reaches ${harmed.newlyShut[0] ?? 'everything'} today.`,
    );
  const own = effects.find((effect) => effect.pod === pod.name);
  if (own?.isDoubtful) return refuse('doubtful', 'What such a policy would change cannot be told from what was read.');
  if (!own || own.newlyOpen.length === 0) {
    return refuse(
      'blocked-above',
      'A temporary policy would change nothing: what denies the destination is decided before it.',
    );
  }
  return {
    ok: true,
    manifest,
    pods: effects.filter(({ newlyOpen }) => newlyOpen.length > 0).map((effect) => effect.pod),
    opens: ['all IPv6 addresses, all ports'],
    staysShut: staysShutOf(own),
  };
}

function staysShutOf({ stillShut }: Effect): string[] {
  return stillShut.length > 0
    ? stillShut.map((place) => `${place}, as before`)
    : ['everything that IPv4 cannot reach today', 'ingress, which it does not touch'];
}
