import type { NodeObject } from '../../src/evidence/objects.ts';
import { type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterSession, RawObject } from '../../src/ports.ts';
import { unseen } from './outcome.ts';
import { annotationsIn, listOf, recordOf, textOf, textsOf } from './prune.ts';

export async function readNode(session: ClusterSession, name: string): Promise<Observation<NodeObject>> {
  const outcome = await session.get(`/api/v1/nodes/${name}`);
  if (!outcome.ok) return unseen(`node ${name}`, outcome);
  return observed({ ...nodeOf(outcome.value), name }, 'the Node object');
}

/** The other nodes, where a destination may be a pod of any of them. */
export async function readPeerNodes(session: ClusterSession, self: string | null): Promise<Observation<NodeObject[]>> {
  const outcome = await session.list('/api/v1/nodes');
  if (!outcome.ok) return unseen('nodes', outcome);
  const others = outcome.value.items.map(nodeOf).filter(({ name }) => name !== self);
  return observed(others, 'the Node objects');
}

function nodeOf(raw: RawObject): NodeObject {
  const spec = recordOf(raw.spec);
  const status = recordOf(raw.status);
  const ranges = Array.isArray(spec.podCIDRs) ? spec.podCIDRs : [spec.podCIDR];
  const [, provider] = /^([a-z]+):\/\//u.exec(textOf(spec.providerID)) ?? [];
  return {
    name: textOf(recordOf(raw.metadata).name),
    addresses: listOf(status.addresses)
      .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
      .map(({ address }) => textOf(address)),
    podCIDRs: ranges.filter((range) => typeof range === 'string'),
    annotations: annotationsIn(raw, ['projectcalico.org/']),
    labels: textsOf(recordOf(raw.metadata).labels),
    ...(provider === undefined ? {} : { provider }),
    containerRuntime: textOf(recordOf(status.nodeInfo).containerRuntimeVersion),
    isReady: listOf(status.conditions).some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  };
}
