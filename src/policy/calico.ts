import type { StoredObject } from '../evidence/objects.ts';
import { calicoRules } from './calico-rule.ts';
import type { CompiledPolicy } from './model.ts';
import { faultIn, record, records, strings } from './read.ts';
import type { Release } from './release.ts';
import { ruleOf } from './rule.ts';
import { allOf, bySelector, type Criterion, doubted, inNamespace, isEmpty } from './selection.ts';

export interface CalicoPolicy extends CompiledPolicy {
  readonly tier: string;
}

export const isStoredDirectly = ({ apiVersion }: StoredObject): boolean =>
  apiVersion.startsWith('crd.projectcalico.org/');

const shape = {
  tier: 'string',
  order: 'number',
  selector: 'string',
  serviceAccountSelector: 'string',
  types: 'strings',
  ingress: 'objects',
  egress: 'objects',
  performanceHints: 'any',
} as const;
const globalShape = {
  ...shape,
  namespaceSelector: 'string',
  doNotTrack: 'boolean',
  preDNAT: 'boolean',
  applyOnForward: 'boolean',
} as const;

/** Felix up to 3.31 takes a policy's tier from its name, `tier.name`; later ones, and the API server, from spec.tier. */
function tierOf(policy: StoredObject, release: Release | null): { tier: string; doubt: string | null } {
  const { tier: stated } = record(policy.spec);
  const [prefix, ...rest] = policy.metadata.name.split('.');
  const byName = prefix && rest.length > 0 ? prefix : 'default';
  const bySpec = typeof stated === 'string' && stated !== '' ? stated : 'default';
  if (!isStoredDirectly(policy) || byName === bySpec || release?.isAtLeast(3, 32)) return { tier: bySpec, doubt: null };
  if (release) return { tier: byName, doubt: null };
  return { tier: bySpec, doubt: `it is in tier ${byName} by its name and in ${bySpec} by its spec` };
}

/** Calico NetworkPolicy or GlobalNetworkPolicy, of either API group. Null when it leaves workloads' egress alone. */
export function compileCalicoPolicy(policy: StoredObject, release: Release | null): CalicoPolicy | null {
  const spec = record(policy.spec);
  if (!concernsEgress(policy) || isForHostsAlone(policy)) return null;
  return compiled(policy, release, records(spec.egress));
}

/** The same policy as host endpoints meet it, whatever its direction. */
export function compileHostPolicy(policy: StoredObject, release: Release | null): CalicoPolicy {
  return compiled(policy, release, records(record(policy.spec).egress));
}

function compiled(policy: StoredObject, release: Release | null, egress: readonly Readonly<Record<string, unknown>>[]) {
  const spec = record(policy.spec);
  const isGlobal = policy.kind === 'GlobalNetworkPolicy';
  const namespace = isGlobal ? null : (policy.metadata.namespace ?? 'default');
  const { tier, doubt } = tierOf(policy, release);
  const isOwnAlone = isGlobal && isEmpty(spec.namespaceSelector) && isEmpty(spec.serviceAccountSelector);
  const fault = faultInCalicoPolicy(policy);
  const scope = namespace === null ? [] : [inNamespace(namespace)];
  const criteria: Criterion[] = [
    ...scope,
    bySelector(spec.selector, '', isOwnAlone),
    bySelector(isGlobal ? spec.namespaceSelector : '', 'pcns.', false),
    bySelector(spec.serviceAccountSelector, 'pcsa.', false),
    ...(doubt === null ? [] : [doubted(doubt)]),
  ];
  return {
    tier,
    ref: { kind: isGlobal ? 'GlobalNetworkPolicy' : 'Calico NetworkPolicy', namespace, name: policy.metadata.name },
    order: typeof spec.order === 'number' ? spec.order : Number.POSITIVE_INFINITY,
    selects: fault === null ? allOf(criteria) : allOf([...scope, doubted(fault)]),
    rules:
      fault === null
        ? egress.flatMap((rule, index) => calicoRules(rule, `spec.egress[${index}]`, namespace))
        : // Whatever was meant: each way of an answer stays open.
          (['allow', 'deny', 'pass'] as const).map((action) => ruleOf('spec', action, { doubt: fault })),
  };
}

function faultInCalicoPolicy({ kind, spec }: StoredObject): string | null {
  const fault = faultIn(spec, kind === 'GlobalNetworkPolicy' ? globalShape : shape, 'spec');
  if (fault !== null) return fault;
  const bad = strings(record(spec).types).find((type) => !/^(in|e)gress$/i.test(type));
  return bad === undefined ? null : `spec.types lists "${bad.slice(0, 64)}"`;
}

/** Policies that only host endpoints meet, before connections are tracked or addresses translated. */
export function isForHostsAlone({ spec }: StoredObject): boolean {
  const { doNotTrack, preDNAT } = record(spec);
  return doNotTrack === true || preDNAT === true;
}

/** Without types: Felix takes a stored object for both, and the API server writes what the rules imply. */
export function concernsEgress(policy: StoredObject): boolean {
  if (faultInCalicoPolicy(policy) !== null) return true;
  const spec = record(policy.spec);
  const types = strings(spec.types);
  if (types.length > 0) return types.some((type) => type.toLowerCase() === 'egress');
  return isStoredDirectly(policy) || records(spec.egress).length > 0;
}
