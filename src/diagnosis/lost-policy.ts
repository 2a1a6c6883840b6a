import type { Attempt } from '../evidence/evidence.ts';
import type { Calico, PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import { compilePolicies } from '../policy/compile.ts';
import { endpointOf } from '../policy/endpoint.ts';
import { evaluateEgress } from '../policy/evaluate.ts';
import { enforces, releaseOf } from '../policy/release.ts';

/** The last release that enforced AdminNetworkPolicy. */
const before = 'v3.31.0';

/** The AdminNetworkPolicy that would admit the destination if this release still enforced it; null when there is none. */
export function lostAdminPolicy(
  { address, port }: Attempt['destinations'][number],
  pod: PodObject,
  policies: Policies,
  calico: Calico | null,
): StoredObject | null {
  const release = releaseOf(calico?.version ?? null);
  if (calico === null || release === null) return null;
  const dead = policies.objects.filter(
    ({ apiVersion, kind }) =>
      apiVersion.startsWith('policy.networking.k8s.io/') && kind === 'AdminNetworkPolicy' && !enforces(release, kind),
  );
  if (dead.length === 0 || !release.isAtLeast(3, 32)) return null;
  const model = compilePolicies(policies, { ...calico, version: before });
  const verdict = evaluateEgress(model, endpointOf(pod, policies), { address, port, protocol: 'TCP' });
  if (verdict.allowed !== true) return null;
  return (
    dead.find(({ metadata }) =>
      verdict.by.some(({ kind, name }) => kind === 'AdminNetworkPolicy' && name === metadata.name),
    ) ?? null
  );
}

/** The same rules as the kind that took its place: `Accept` for `Allow`, and the tier that comes first. */
export function successorOf({ metadata }: StoredObject): string {
  return [
    '# write it anew as ClusterNetworkPolicy, with its subject and its rules, and action Accept for Allow:',
    `kubectl get adminnetworkpolicies.policy.networking.k8s.io ${metadata.name} -o yaml`,
    'apiVersion: policy.networking.k8s.io/v1alpha2',
    'kind: ClusterNetworkPolicy',
    `metadata: {name: ${metadata.name}}`,
    'spec: {tier: Admin, priority: <as before>, subject: <as before>, egress: <as before, Accept for Allow>}',
  ].join('\n');
}
