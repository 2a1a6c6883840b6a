import type { Calico } from '../../src/evidence/objects.ts';
import { type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterSession, RawObject, ReadOutcome } from '../../src/ports.ts';
import type { Groups } from './discovery.ts';
import { unseen } from './outcome.ts';
import { recordOf, textOf } from './prune.ts';

/** Where Calico's objects are read: null where none of its groups is served. */
export function calicoBase(groups: Groups): string | null {
  if (groups.get('projectcalico.org')?.includes('v3')) return '/apis/projectcalico.org/v3';
  return groups.has('crd.projectcalico.org') ? '/apis/crd.projectcalico.org/v1' : null;
}

/** Flavour, version, pools and Felix. What may not be read is said, and what is not installed is `absent`. */
export async function readCalico(session: ClusterSession, groups: ReadOutcome<Groups>): Promise<Observation<Calico>> {
  if (!groups.ok) return unseen('API groups', groups);
  const base = calicoBase(groups.value);
  if (base === null) {
    return observed({ flavour: 'absent', version: null, ipPools: [], felix: {} }, 'the API groups that are served');
  }

  const [flavour, pools, felix, information] = await Promise.all([
    flavourOf(session, groups.value, base),
    session.list(`${base}/ippools`),
    session.get(`${base}/felixconfigurations/default`),
    session.get(`${base}/clusterinformations/default`),
  ]);
  if (!pools.ok) return unseen('IP pools', pools);
  // None at all means Felix's defaults; one that cannot be read means nothing.
  if (!felix.ok && felix.reason !== 'not-found' && felix.reason !== 'absent-api') {
    return unseen('FelixConfiguration', felix);
  }
  const version = information.ok ? textOf(recordOf(information.value.spec).calicoVersion) || null : null;
  const spec = felix.ok ? recordOf(felix.value.spec) : {};
  return observed({ flavour, version, ipPools: pools.value.items.map(poolOf), felix: spec }, `objects of ${base}`);
}

async function flavourOf(session: ClusterSession, groups: Groups, base: string): Promise<Calico['flavour']> {
  if (base.includes('crd.')) return 'crd-v1';
  const outcome = await session.get('/apis/apiregistration.k8s.io/v1/apiservices/v3.projectcalico.org');
  if (outcome.ok) return recordOf(outcome.value.spec).service ? 'v3-aggregated' : 'v3-native';
  // Calico's own API server stores in the other group; native CRDs have none.
  return groups.has('crd.projectcalico.org') ? 'v3-aggregated' : 'v3-native';
}

function poolOf(raw: RawObject): Calico['ipPools'][number] {
  const spec = recordOf(raw.spec);
  return {
    name: textOf(recordOf(raw.metadata).name),
    cidr: textOf(spec.cidr),
    natOutgoing: spec.natOutgoing === true,
    isDisabled: spec.disabled === true,
    ipipMode: textOf(spec.ipipMode) || 'Never',
    vxlanMode: textOf(spec.vxlanMode) || 'Never',
    ...given('createdAt', textOf(recordOf(raw.metadata).creationTimestamp)),
    ...given('nodeSelector', textOf(spec.nodeSelector)),
    ...given('namespaceSelector', textOf(spec.namespaceSelector)),
    ...given('assignmentMode', textOf(spec.assignmentMode)),
    ...(typeof spec.blockSize === 'number' ? { blockSize: spec.blockSize } : {}),
  };
}

/** What an object does not say is not there. */
function given<K extends string>(name: K, text: string): { readonly [P in K]?: string } {
  // Computed keys widen to string.
  return (text === '' ? {} : { [name]: text }) as { readonly [P in K]?: string };
}
