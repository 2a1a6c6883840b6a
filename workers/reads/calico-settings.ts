import type { CalicoNode } from '../../src/evidence/objects.ts';
import { type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterSession, RawObject } from '../../src/ports.ts';
import { imageTag } from './calico-node.ts';
import { controllerOf } from './owner.ts';
import { podOf } from './pod.ts';
import { listOf, recordOf, textOf } from './prune.ts';

/** The only variables that leave a read: none of them holds a secret, and all of them decide about IPv6. */
const told = [
  ...['FELIX_IPV6SUPPORT', 'FELIX_BPFENABLED', 'FELIX_INTERFACEPREFIX', 'FELIX_IPTABLESBACKEND', 'FELIX_NFTABLESMODE'],
  ...['IP6', 'IP6_AUTODETECTION_METHOD', 'CALICO_IPV6POOL_NAT_OUTGOING', 'CALICO_NETWORKING_BACKEND'],
];

/** How the calico-node pod of a node does, and what its environment says; a variable beats the FelixConfiguration. */
export async function readCalicoSettings(session: ClusterSession, raw: RawObject): Promise<Observation<CalicoNode>> {
  const pod = podOf(raw);
  const status = listOf(recordOf(raw.status).containerStatuses).find(({ name }) => name === 'calico-node');
  const ready = listOf(recordOf(raw.status).conditions).find(({ type }) => type === 'Ready');
  const own = environmentOf(recordOf(raw.spec));
  const template = Object.keys(own).length > 0 ? own : await environmentOfOwner(session, raw);
  return observed(
    {
      ...{ namespace: pod.namespace, pod: pod.name, version: imageTag(raw, 'calico-node'), environment: template },
      isReady: ready === undefined ? status?.ready === true : ready.status === 'True',
      restarts: typeof status?.restartCount === 'number' ? status.restartCount : 0,
    },
    'the calico-node pod and its DaemonSet',
  );
}

/** Where the pod itself says nothing, its DaemonSet may. */
async function environmentOfOwner(session: ClusterSession, raw: RawObject): Promise<Record<string, string | null>> {
  const owner = controllerOf(raw);
  if (owner?.kind !== 'DaemonSet') return {};
  const { namespace } = podOf(raw);
  const outcome = await session.get(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${owner.name}`);
  return outcome.ok ? environmentOf(recordOf(recordOf(recordOf(outcome.value.spec).template).spec)) : {};
}

function environmentOf(spec: RawObject): Record<string, string | null> {
  const container = listOf(spec.containers).find(({ name }) => name === 'calico-node');
  const entries = listOf(container?.env).flatMap(({ name, value }) => {
    const variable = textOf(name);
    if (!told.includes(variable)) return [];
    return [[variable, typeof value === 'string' ? value : null] as const];
  });
  return Object.fromEntries(entries);
}
