import { type Fields, fieldsOf } from '../json.ts';
import type { Resource } from '../resources.ts';
import type { Cause } from '../status.ts';
import {
  calicoNetworkPolicyShape,
  calicoPolicyProblems,
  globalNetworkPolicyShape,
  globalPolicyProblems,
  tierProblems,
  tierShape,
} from './calico.ts';
import { clusterNetworkPolicyProblems, clusterNetworkPolicyShape } from './cluster-network-policy.ts';
import {
  defaultedNetworkPolicy,
  networkPolicyProblems,
  networkPolicyShape,
  networkPolicyWarnings,
} from './network-policy.ts';
import { metadataShape, type Shape } from './shape.ts';

/** What is known of a kind's spec beyond that it is JSON. */
export interface KindRules {
  readonly shape: Shape;
  readonly isSpecRequired: boolean;
  readonly defaulted: (spec: Fields) => Fields;
  readonly problems: (spec: Fields, name: string) => readonly Cause[];
  readonly warnings: (spec: Fields) => readonly string[];
}

const asSent = (spec: Fields) => spec;
const nothing = () => [];

const unexamined: KindRules = {
  shape: 'any',
  isSpecRequired: false,
  defaulted: asSent,
  problems: nothing,
  warnings: nothing,
};

const inDefaultTier = (spec: Fields): Fields => ({ ...spec, tier: spec.tier ?? 'default' });

const calicoKinds: Readonly<Record<string, KindRules>> = {
  NetworkPolicy: {
    ...unexamined,
    shape: calicoNetworkPolicyShape,
    defaulted: inDefaultTier,
    problems: calicoPolicyProblems,
  },
  GlobalNetworkPolicy: {
    ...unexamined,
    shape: globalNetworkPolicyShape,
    defaulted: inDefaultTier,
    problems: globalPolicyProblems,
  },
  Tier: {
    ...unexamined,
    shape: tierShape,
    isSpecRequired: true,
    defaulted: (spec) => ({ ...spec, defaultAction: spec.defaultAction ?? 'Deny' }),
    problems: tierProblems,
  },
};

export function rulesOf({ group, kind }: Resource): KindRules {
  switch (group) {
    case 'networking.k8s.io':
      return {
        shape: networkPolicyShape,
        isSpecRequired: false,
        defaulted: defaultedNetworkPolicy,
        problems: networkPolicyProblems,
        warnings: networkPolicyWarnings,
      };
    case 'projectcalico.org': {
      const rules = calicoKinds[kind] ?? unexamined;
      return rules === unexamined ? rules : { ...rules, isSpecRequired: true };
    }
    case 'crd.projectcalico.org':
      return calicoKinds[kind] ?? unexamined;
    case 'policy.networking.k8s.io':
      return {
        ...unexamined,
        shape: clusterNetworkPolicyShape,
        isSpecRequired: true,
        problems: clusterNetworkPolicyProblems,
      };
    default:
      return unexamined;
  }
}

/** The schema of the whole object; a kind that is not examined keeps whatever members it has. */
export function objectShape(resource: Resource, object: Fields): Shape {
  const spec = rulesOf(resource).shape;
  const named: Record<string, Shape> = {
    apiVersion: 'string',
    kind: 'string',
    metadata: metadataShape,
    spec,
    status: 'any',
  };
  if (spec !== 'any') return { fields: named };
  const others = Object.keys(fieldsOf(object)).filter((name) => !Object.hasOwn(named, name));
  return { fields: { ...Object.fromEntries(others.map((name) => [name, 'any' as const])), ...named } };
}
