import { createHash } from 'node:crypto';
import type { CalicoNode, PodObject } from '../evidence/objects.ts';

/** How Calico calls the node's end of a pod's link: a prefix, and the beginning of a hash over the pod's name. */
export function hostInterface({ namespace, name }: PodObject, calicoNode: CalicoNode | null): string {
  const prefix = calicoNode?.environment.FELIX_INTERFACEPREFIX?.split(',')[0] || 'cali';
  return `${prefix}${createHash('sha1').update(`${namespace}.${name}`).digest('hex').slice(0, 11)}`;
}
