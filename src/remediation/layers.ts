import type { Calico, Policies } from '../evidence/objects.ts';
import { overlaps, parseCidr } from '../net/cidr.ts';
import { record } from '../policy/read.ts';
import { enforces, releaseOf } from '../policy/release.ts';
import { adminNetworks, type Layer, ownTier } from './manifest.ts';

/** The layers in which this cluster can be written to. What can never isolate comes before what can. */
export function layersFor({ objects }: Policies, { flavour, version }: Calico, exclusions: readonly string[]): Layer[] {
  const tier = objects.find(({ kind, metadata }) => kind === 'Tier' && metadata.name === ownTier);
  const hasV3 = flavour === 'v3-aggregated' || flavour === 'v3-native';
  const hasTier = hasV3 && tier !== undefined && record(tier.spec).defaultAction === 'Pass';
  const release = flavour === 'absent' ? null : releaseOf(version);
  // A kind of which no object exists leaves no trace among the objects; then the next layer is taken.
  const [open, kept] = [adminNetworks, exclusions].map((list) => list.flatMap((text) => parseCidr(text) ?? []));
  const keepsShut = !kept?.some((cidr) => open?.some((network) => overlaps(network, cidr)));
  const hasAdmin =
    keepsShut &&
    release !== null &&
    enforces(release, 'ClusterNetworkPolicy') &&
    objects.some(({ apiVersion, kind }) => {
      return kind === 'ClusterNetworkPolicy' && apiVersion === 'policy.networking.k8s.io/v1alpha2';
    });
  return [
    ...(hasTier ? ['calico-tier' as const] : []),
    ...(hasAdmin ? ['cluster-network-policy' as const] : []),
    'network-policy',
  ];
}
