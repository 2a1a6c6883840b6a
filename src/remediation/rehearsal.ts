import type { Policies, StoredObject } from '../evidence/objects.ts';
import { parseCidr } from '../net/cidr.ts';
import { compilePolicies } from '../policy/compile.ts';
import { endpointOf } from '../policy/endpoint.ts';
import type { PolicyRef } from '../policy/model.ts';
import { overriddenBy } from '../policy/override.ts';
import { comparer, type Effect } from '../policy/simulate.ts';
import { adminNetworks } from './manifest.ts';
import type { Plan, PlanInput, Refusal, Refused } from './plan.ts';

const refuse = (refusal: Refusal, sentence: string): Refused => ({ ok: false, refusal, sentence });

/** Judges this very object beside the others, for the pod, for its siblings and for everybody else who was given. */
export function rehearse(input: PlanInput, manifest: StoredObject, exclusions: readonly string[]): Plan {
  const { pod, policies, calico, destinations } = input;
  const after: Policies = { ...policies, objects: [...policies.objects, manifest] };
  const model = compilePolicies(after, calico);
  const isNew = ({ name, namespace }: PolicyRef) =>
    name === manifest.metadata.name && namespace === (manifest.metadata.namespace ?? null);
  const ours = model.tiers.flatMap(({ policies: members }) => members.filter(({ ref }) => isNew(ref)));

  const everyone = [pod, ...input.pods.filter(({ uid }) => uid !== pod.uid)].filter((each) => !each.isHostNetwork);
  const reached = everyone.filter((each) => {
    const endpoint = endpointOf(each, policies);
    return ours.some((policy) => policy.selects(endpoint) !== 'no');
  });
  const effects = everyone.map(comparer(policies, after, calico, destinations));

  const own = effects.find((effect) => effect.pod === pod.name);
  if (own?.isDoubtful) return refuse('doubtful', 'What such a policy would change cannot be told from what was read.');
  if (!own || own.newlyOpen.length === 0) {
    return refuse(
      'blocked-above',
      'A temporary policy would open nothing: what denies the destination is decided before it.',
    );
  }
  const harmed = effects.find(({ newlyIsolated, newlyShut }) => newlyIsolated || newlyShut.length > 0);
  if (harmed) return refuse('would-isolate', `It would isolate pod ${harmed.pod}, which no policy isolates today.`);
  const unclear = effects.find((effect) => effect.isDoubtful && reached.some(({ name }) => name === effect.pod));
  if (unclear)
    return refuse('doubtful', `What it would change for pod ${unclear.pod} cannot be told from what was read.`);

  const kept = exclusions.flatMap((text) => parseCidr(text) ?? []);
  const [overridden] = reached.flatMap((each) => overriddenBy(isNew, model, endpointOf(each, policies), kept));
  if (overridden !== undefined) {
    const sentence = `It would also override ${overridden}, and overriding a Deny is granted to nobody here.`;
    return refuse('override-not-granted', sentence);
  }
  return {
    ok: true,
    manifest,
    pods: reached.map(({ name }) => name),
    opens: opensOf(manifest, input),
    staysShut: staysShutOf(own, exclusions),
  };
}

function opensOf({ kind }: StoredObject, { breadth, destinations }: PlanInput): string[] {
  const isAdmin = kind === 'ClusterNetworkPolicy';
  if (breadth === 'destination') {
    const named = destinations.filter(({ family }) => family === 6);
    return named.map(({ address, port }) => (isAdmin ? `${address}, all ports` : `[${address}]:${port} over TCP`));
  }
  return isAdmin
    ? [`all global IPv6 addresses (${adminNetworks.join(' and ')}), all ports`]
    : ['all IPv6 addresses, all ports'];
}

function staysShutOf({ stillShut }: Effect, exclusions: readonly string[]): string[] {
  const shut = stillShut.map((place) => `${place}, as before`);
  return [...exclusions, ...shut, 'ingress and IPv4, which it does not touch'];
}
