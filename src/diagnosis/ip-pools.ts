import type { Calico, IPPool, NodeObject, PodObject } from '../evidence/objects.ts';
import { parseSelector } from '../policy/selector.ts';

export function ipv6Pools(calico: Calico | null): IPPool[] {
  return (calico?.ipPools ?? []).filter(({ cidr }) => cidr.includes(':'));
}

/** Why Calico's IPAM gives this pod no address from a pool; null when it may. */
export function whyUnusable(pool: IPPool, pod: PodObject, node: NodeObject | null): string | null {
  const asked = poolsAskedFor(pod);
  if (pool.isDisabled) return 'disabled: true';
  if (asked !== null && !asked.some((each) => each === pool.name || each === pool.cidr)) {
    return `the pod's annotation names ${asked.join(', ')}`;
  }
  if (pool.assignmentMode === 'Manual' && asked === null) return 'assignmentMode: Manual';
  if (pool.nodeSelector !== undefined && node !== null && !selects(pool.nodeSelector, node.labels ?? {})) {
    return `nodeSelector ${pool.nodeSelector} does not select node ${node.name}`;
  }
  return null;
}

/** Pools that the pod asks for in particular, by name or CIDR; null where it asks for any. */
export function poolsAskedFor({ annotations }: PodObject): string[] | null {
  const text = annotations['cni.projectcalico.org/ipv6pools'];
  return text === undefined ? null : [...text.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
}

/** A pool that is a single block serves one node, and 64 pods at most. */
export function isSingleBlock({ cidr, blockSize = 122 }: IPPool): boolean {
  return Number(cidr.split('/')[1]) >= blockSize;
}

function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  try {
    return parseSelector(selector)(labels);
  } catch {
    // What nobody can read rules nothing out.
    return true;
  }
}
