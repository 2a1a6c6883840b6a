import type { StoredObject } from '../evidence/objects.ts';
import { adminRules } from './admin-rule.ts';
import type { CompiledPolicy } from './model.ts';
import { faultIn, has, type Json, record, records } from './read.ts';
import { ruleOf } from './rule.ts';
import { allOf, type Criterion, doubted, pods } from './selection.ts';

export interface AdminPolicy extends CompiledPolicy {
  readonly tier: 'admin' | 'baseline';
}

const shape = {
  tier: 'string',
  priority: 'number',
  subject: 'object',
  ingress: 'objects',
  egress: 'objects',
} as const;

/**
 * policy.networking.k8s.io: ClusterNetworkPolicy, and its elders AdminNetworkPolicy and BaselineAdminNetworkPolicy. Null
 * without egress rules: these never isolate by themselves. `doubt` says why it may not be enforced at all; `isCalicos` that
 * Calico is known to enforce it, and so how what it does not support is taken.
 */
export function compileAdminPolicy(policy: StoredObject, doubt: string | null, isCalicos: boolean): AdminPolicy | null {
  const spec = record(policy.spec);
  const fault = faultInAdminPolicy(policy);
  const egress = records(spec.egress);
  if (fault === null && egress.length === 0) return null;

  const isBaseline = policy.kind === 'BaselineAdminNetworkPolicy' || spec.tier === 'Baseline';
  const unsure = fault ?? doubt;
  return {
    tier: isBaseline ? 'baseline' : 'admin',
    ref: { kind: policy.kind, namespace: null, name: policy.metadata.name },
    order: typeof spec.priority === 'number' ? spec.priority : 1_000,
    selects: allOf([subjectOf(record(spec.subject)), ...(unsure === null ? [] : [doubted(unsure)])]),
    rules:
      fault === null
        ? egress.flatMap((rule, index) => adminRules(rule, `spec.egress[${index}]`, policy.kind, isCalicos))
        : (['allow', 'deny', 'pass'] as const).map((action) => ruleOf('spec', action, { doubt: fault })),
  };
}

function faultInAdminPolicy({ kind, spec: value }: StoredObject): string | null {
  const spec = record(value);
  const fault = faultIn(value, shape, 'spec');
  if (fault !== null) return fault;
  const isOfTier = kind !== 'ClusterNetworkPolicy' || spec.tier === 'Admin' || spec.tier === 'Baseline';
  if (!isOfTier && has(spec, 'tier')) return `spec.tier is neither Admin nor Baseline`;
  return null;
}

function subjectOf(subject: Json): Criterion {
  if (faultIn(subject, { namespaces: 'any', pods: 'object' }, 'spec.subject') !== null) {
    return doubted('its subject cannot be understood');
  }
  if (has(subject, 'namespaces')) return pods(undefined, subject.namespaces);
  if (!has(subject, 'pods')) return doubted('its subject is neither namespaces nor pods');
  const { namespaceSelector, podSelector } = record(subject.pods);
  return pods(podSelector, namespaceSelector);
}
