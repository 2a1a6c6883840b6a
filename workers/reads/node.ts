import type { NodeObject } from '../../src/evidence/objects.ts';
import { type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterSession } from '../../src/ports.ts';
import { unseen } from './outcome.ts';
import { annotationsIn, listOf, recordOf, textOf, textsOf } from './prune.ts';

export async function readNode(session: ClusterSession, name: string): Promise<Observation<NodeObject>> {
  const outcome = await session.get(`/api/v1/nodes/${name}`);
  if (!outcome.ok) return unseen(`node ${name}`, outcome);
  const raw = outcome.value;
  const spec = recordOf(raw.spec);
  const status = recordOf(raw.status);
  const ranges = Array.isArray(spec.podCIDRs) ? spec.podCIDRs : [spec.podCIDR];
  const node: NodeObject = {
    name,
    addresses: listOf(status.addresses)
      .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
      .map(({ address }) => textOf(address)),
    podCIDRs: ranges.filter((range) => typeof range === 'string'),
    annotations: annotationsIn(raw, ['projectcalico.org/']),
    labels: textsOf(recordOf(raw.metadata).labels),
    containerRuntime: textOf(recordOf(status.nodeInfo).containerRuntimeVersion),
    isReady: listOf(status.conditions).some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  };
  return observed(node, 'the Node object');
}
