import type { PodObject, StoredObject } from '../evidence/objects.ts';
import { type LabelSelector, labelSelectorOf } from '../policy/label-selector-of.ts';
import { labelSelector } from '../policy/labels.ts';
import type { PolicyRef } from '../policy/model.ts';
import { type Json, record, records } from '../policy/read.ts';
import { isEmpty } from '../policy/selection.ts';

export interface Scope extends LabelSelector {
  /** Whether everybody whom it selects, now and later, is isolated already: the isolating policy's selector is part of it. */
  readonly isConfined: boolean;
}

/**
 * The workload's selector and the isolating policy's together: it survives a rollout and touches nobody who was free. Null
 * for a pod that nothing tells from its neighbours.
 */
export function scopeOf(
  { labels, workload, namespace }: PodObject,
  isolatedBy: readonly PolicyRef[],
  objects: readonly StoredObject[],
): Scope | null {
  // These die with the next rollout.
  const { 'pod-template-hash': _hash, 'controller-revision-hash': _revision, ...own } = labels;
  const chosen = workload && Object.keys(workload.matchLabels).length > 0 ? workload.matchLabels : own;
  if (Object.keys(chosen).length === 0) return null;
  const [isolating] = isolatedBy.flatMap((ref) => {
    const selector = selectorOf(ref, objects, namespace);
    return selector ? [selector] : [];
  });
  return {
    matchLabels: { ...chosen, ...isolating?.matchLabels },
    matchExpressions: isolating?.matchExpressions ?? [],
    isConfined: isolating !== undefined,
  };
}

function selectorOf(ref: PolicyRef, objects: readonly StoredObject[], namespace: string): LabelSelector | null {
  const object = objects.find(
    ({ apiVersion, kind, metadata }) =>
      metadata.name === ref.name &&
      (metadata.namespace ?? null) === ref.namespace &&
      ref.kind === (kind === 'NetworkPolicy' && apiVersion.includes('projectcalico') ? 'Calico NetworkPolicy' : kind),
  );
  const spec = record(object?.spec);
  if (ref.kind === 'NetworkPolicy') return kubernetesSelector(record(spec.podSelector));
  const isCalico = ref.kind === 'Calico NetworkPolicy' || ref.kind === 'GlobalNetworkPolicy';
  // Of which service accounts are meant, no label of a pod speaks.
  if (!object || !isCalico || !isEmpty(spec.serviceAccountSelector)) return null;
  return labelSelectorOf(typeof spec.selector === 'string' ? spec.selector : '', namespace);
}

function kubernetesSelector(selector: Json): LabelSelector | null {
  if (!labelSelector(selector)) return null;
  const matchLabels = Object.entries(record(selector.matchLabels)).map(([key, value]) => [key, String(value)]);
  return { matchLabels: Object.fromEntries(matchLabels), matchExpressions: records(selector.matchExpressions) };
}
