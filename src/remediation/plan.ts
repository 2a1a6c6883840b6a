import type { Calico, PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import { parseAddress } from '../net/address.ts';
import { contains, parseCidr } from '../net/cidr.ts';
import { compilePolicies } from '../policy/compile.ts';
import { endpointOf } from '../policy/endpoint.ts';
import { evaluateEgress } from '../policy/evaluate.ts';
import type { PolicyRef, PolicyVerdict } from '../policy/model.ts';
import { layersFor } from './layers.ts';
import { defaultExclusions, manifestFor, type Owner, type Wish } from './manifest.ts';
import { rehearse } from './rehearsal.ts';
import { scopeOf } from './scope.ts';

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
  /** All of IPv6, or the destinations alone. */
  readonly breadth?: Breadth;
  readonly protectedNamespaces: readonly string[];
  /** Networks that stay shut whatever is opened; metadata addresses and link-local ones unless told. */
  readonly exclusions?: readonly string[];
}

export type Breadth = 'all' | 'destination';

export type Refusal =
  | 'policy-is-not-the-cause'
  | 'would-isolate'
  | 'would-change-nothing'
  | 'doubtful'
  | 'blocked-above'
  | 'override-not-granted'
  | 'protected-namespace'
  | 'no-writable-api';

export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly sentence: string;
}

export type Plan =
  | {
      readonly ok: true;
      readonly manifest: StoredObject;
      readonly pods: readonly string[];
      readonly opens: readonly string[];
      readonly staysShut: readonly string[];
    }
  | Refused;

const refuse = (refusal: Refusal, sentence: string): Refused => ({ ok: false, refusal, sentence });
const called = ({ kind, namespace, name }: PolicyRef) => `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;

/** Which object would open IPv6 for this pod and harm nobody; or why none is offered. */
export function planRemediation(input: PlanInput): Plan {
  const { pod, policies, calico, protectedNamespaces, exclusions = defaultExclusions } = input;
  const destinations = input.destinations.filter(({ family }) => family === 6);
  if (protectedNamespaces.includes(pod.namespace)) {
    const sentence = `Namespace ${pod.namespace} is protected: its policies are changed by hand only.`;
    return refuse('protected-namespace', sentence);
  }
  if (destinations.length === 0)
    return refuse('doubtful', 'No IPv6 destination was tried, so nothing can be simulated.');
  const kept = destinations.find(({ address }) => isExcluded(address, exclusions));
  if (kept) {
    return refuse('would-change-nothing', `${kept.address} is among the addresses that no temporary policy opens.`);
  }

  const model = compilePolicies(policies, calico);
  const source = endpointOf(pod, policies);
  const verdicts = destinations.map(({ address, port }) =>
    evaluateEgress(model, source, { address, port, protocol: 'TCP' }),
  );
  const denied = deniedAmong(verdicts);
  return 'ok' in denied ? denied : choose(input, exclusions, denied);
}

/** The workload, whose pods the policy is for; the pod where there is none. A policy outlives neither. */
function ownerOf({ name, uid, workload }: PodObject): Owner | null {
  if (workload === null) return { apiVersion: 'v1', kind: 'Pod', name, uid };
  const { apiVersion, kind } = workload;
  return apiVersion && workload.uid ? { apiVersion, kind, name: workload.name, uid: workload.uid } : null;
}

function isExcluded(text: string, exclusions: readonly string[]): boolean {
  const address = parseAddress(text);
  return exclusions.map(parseCidr).some((cidr) => address !== null && cidr !== null && contains(cidr, address));
}

/** The denial that a temporary policy would lift; or why there is none to lift. */
function deniedAmong(verdicts: readonly PolicyVerdict[]): PolicyVerdict | Refused {
  const doubt = verdicts.find(({ allowed }) => allowed === null);
  if (doubt) {
    const why = doubt.issues.join('; ') || 'the policies cannot be judged';
    return refuse('doubtful', `Whether policies allow the destination is in doubt: ${why}.`);
  }
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
  const [explicit] = denied.filter(({ because }) => because === 'denied-by-rule').flatMap(({ by }) => by);
  if (!explicit) return first;
  const where = `${called(explicit)} ${explicit.path}`;
  return refuse(
    'override-not-granted',
    `${where} denies the destination, and overriding a Deny is granted to nobody here.`,
  );
}

function choose(input: PlanInput, exclusions: readonly string[], denied: PolicyVerdict): Plan {
  const { pod, policies, calico } = input;
  const scope = scopeOf(pod, denied.isolatedBy, policies.objects);
  if (!scope) {
    return refuse(
      'no-writable-api',
      'The pod has no label that only its workload bears, so no policy can be aimed at it.',
    );
  }
  const { id, requestedBy, requestId, expiresAt, breadth = 'all' } = input;
  const only = breadth === 'all' ? null : input.destinations.filter(({ family }) => family === 6);
  const wish: Wish = {
    ...scope,
    id,
    namespace: pod.namespace,
    expiresAt,
    requestedBy,
    requestId,
    exclusions,
    only,
    owner: ownerOf(pod),
  };
  let refused: Refused | null = null;
  for (const layer of layersFor(policies, calico, exclusions)) {
    // The first policy of Kubernetes' own kind isolates, so it may reach only whom another isolates for good.
    const plan: Plan =
      layer === 'network-policy' && !scope.isConfined
        ? refuse(
            'would-isolate',
            `It cannot be confined to the pods that ${denied.isolatedBy.map(called).join(' and ')} isolates.`,
          )
        : rehearse(input, manifestFor(layer, wish), exclusions);
    if (plan.ok) return plan;
    // What stopped the best layer is what the person is told.
    refused ??= plan;
  }
  return (
    refused ??
    refuse('no-writable-api', 'This cluster serves no policy API in which a temporary policy could be written.')
  );
}
