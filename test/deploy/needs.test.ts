import { describe, expect, it } from 'vitest';
import { type Attributes, type Rule, ruleAllowing } from '../../lab/cluster/rbac.ts';
import { type ClusterRole, type Need, needsOf } from '../../workers/cli/doctor/needs.ts';
import { helm, leastValues, render } from '../helpers/chart.ts';
import { rolesOf } from '../helpers/chart-roles.ts';

const components: Readonly<Record<ClusterRole, string>> = { probe: 'prober', remediate: 'writer', reap: 'reaper' };
const everyRole = Object.entries(components).map(([role, component]) => ({ role: role as ClusterRole, component }));

type Served = readonly [group: string, versions: readonly string[]];

/** What doctor would ask about, in every kind of cluster that it tells apart. */
function needed(role: ClusterRole): Need[] {
  const admin: Served = ['policy.networking.k8s.io', ['v1alpha2', 'v1alpha1']];
  const crd: Served = ['crd.projectcalico.org', ['v1']];
  const calico: readonly (readonly Served[])[] = [[['projectcalico.org', ['v3']], crd], [crd]];
  return calico.flatMap((groups) =>
    [true, false].flatMap((hasTierChecks) => needsOf(role, { groups: new Map([...groups, admin]), hasTierChecks })),
  );
}

const attributesOf = ({ verb, group, resource, name }: Need): Attributes => ({
  ...{ verb, group, resource, name, namespace: 'shop' },
});

function rightsIn(rules: readonly Rule[]): Attributes[] {
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => resourceNames.map((name) => ({ verb, group, resource, name, namespace: 'shop' }))),
      ),
    ),
  );
}

/** Asked for by Calico's own API server on the way to a request of ours, and the reason why a pod does not come up. */
const besides = ({ resource, verb }: Attributes) =>
  (verb === 'get' && (resource === 'tiers' || resource === 'tier.networkpolicies')) ||
  (verb === 'list' && resource === 'events');

describe.skipIf(!helm.isThere)(`deploy/needs${helm.note}`, () => {
  it.each(everyRole)('gives the $component everything that it needs', ({ role, component }) => {
    const rules = rolesOf(render(leastValues))[component] ?? [];
    const missing = needed(role).filter((need) => ruleAllowing(rules, attributesOf(need)) === undefined);

    expect(needed(role).length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });

  it.each(everyRole)('gives the $component nothing that it does not need', ({ role, component }) => {
    const wanted = new Set(needed(role).map(({ verb, group, resource }) => `${verb} ${group}/${resource}`));
    const surplus = rightsIn(rolesOf(render(leastValues))[component] ?? [])
      .filter((right) => !besides(right))
      .map(({ verb, group, resource }) => `${verb} ${group}/${resource}`)
      .filter((right) => !wanted.has(right));

    expect(surplus).toEqual([]);
  });
});
