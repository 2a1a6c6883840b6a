import type { StoredObject } from '../evidence/objects.ts';
import { compileHostPolicy, concernsEgress, isForHostsAlone } from './calico.ts';
import { bearerOf } from './endpoint.ts';
import { isCalico } from './kinds.ts';
import type { HostGate, LabelledNets, PolicyModel } from './model.ts';
import { record, strings } from './read.ts';
import type { Release } from './release.ts';
import { netsOf } from './rule.ts';
import { isEmpty } from './selection.ts';
import { tiersOf } from './tiers.ts';

export type HostSide = Pick<PolicyModel, 'beyond' | 'gates' | 'areGatesKnown' | 'forwardTiers' | 'untracking'> & {
  /** Host endpoints by the addresses that they expect, which selectors of rules find. */
  readonly expected: readonly LabelledNets[];
};

/** What host endpoints may do to packets of pods; a word of warning where it is not known which there are. */
export function hostSideOf(objects: readonly StoredObject[], release: Release | null, areHostsRead: boolean): HostSide {
  const meant = objects.filter(
    (object) => isCalico(object) && object.kind === 'GlobalNetworkPolicy' && mayGate(object),
  );
  const hosts = objects.filter((object) => isCalico(object) && object.kind === 'HostEndpoint');
  const expected = hosts.map((host): LabelledNets => {
    return { ...bearerOf(host, []), nets: netsOf(strings(record(host.spec).expectedIPs)).cidrs };
  });
  if (!areHostsRead) {
    const beyond = meant.map(({ metadata }) => {
      return `GlobalNetworkPolicy ${metadata.name} may apply to what leaves the node, which is not judged here`;
    });
    return { beyond, gates: [], areGatesKnown: false, forwardTiers: [], untracking: [], expected };
  }
  const compiled = meant.map((object) => ({ object, policy: compileHostPolicy(object, release) }));
  const forward = compiled.filter(({ object }) => !isForHostsAlone(object) && concernsEgress(object));
  const placed = forward.map(({ policy }) => ({ tier: policy.tier, policy }));
  return {
    beyond: [],
    gates: hosts.map(gateOf),
    areGatesKnown: true,
    forwardTiers: tiersOf(placed, objects, release, release?.isAtLeast(3, 32) === false ? 'elder' : 'later').tiers,
    untracking: compiled.filter(({ object }) => isForHostsAlone(object)).map(({ policy }) => policy),
    expected,
  };
}

function gateOf(host: StoredObject): HostGate {
  const { node, interfaceName } = record(host.spec);
  return {
    name: host.metadata.name,
    node: typeof node === 'string' ? node : '',
    isOfAllInterfaces: interfaceName === '*',
    interfaceName: typeof interfaceName === 'string' && interfaceName !== '' ? interfaceName : null,
    bearer: bearerOf(host, []),
  };
}

/** One that asks for namespaces never selects a host; replies meet what is untracked, whatever else is meant by it. */
function mayGate(object: StoredObject): boolean {
  const { applyOnForward, namespaceSelector, types } = record(object.spec);
  if (!isEmpty(namespaceSelector)) return false;
  if (isForHostsAlone(object))
    return !strings(types).every((type) => /^egress$/i.test(type)) || strings(types).length === 0;
  return applyOnForward === true && concernsEgress(object);
}
