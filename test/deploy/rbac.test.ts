import { describe, expect, it } from 'vitest';
import { type Attributes, ruleAllowing } from '../../lab/cluster/rbac.ts';
import { helm, leastValues, namespace, render, type Values } from '../helpers/chart.ts';
import { rolesOf } from '../helpers/chart-roles.ts';

type Who = 'bot' | 'prober' | 'writer' | 'reaper';

const confined: Values = {
  ...leastValues,
  rbac: { execNamespaces: ['shop', 'calico-system'], readNamespaces: ['shop'], writeNamespaces: ['shop'] },
};
const switched: Values = {
  ...leastValues,
  ephemeralContainers: { enabled: true, image: 'registry.example/probe:1' },
  debugPods: { enabled: true, image: 'registry.example/debug:1', namespace: 'ipv6check-debug' },
};

/** `verb group/resource`, in namespace shop unless another or none (`*`) is named. */
function may(values: Values, who: Who, what: string, home: string | undefined = 'shop', name?: string): boolean {
  const [verb = '', path = ''] = what.split(' ');
  const at = path.startsWith('core/') ? 4 : path.indexOf('/');
  const asked: Attributes = {
    ...{ verb, group: path.startsWith('core/') ? '' : path.slice(0, at), resource: path.slice(at + 1) },
    ...{ namespace: home === '*' ? undefined : home, name },
  };
  return ruleAllowing(rolesOf(render(values))[who] ?? [], asked) !== undefined;
}

describe.skipIf(!helm.isThere)(`deploy/rbac${helm.note}`, () => {
  it('gives the bot nothing', () => {
    expect(Object.keys(rolesOf(render(switched))).toSorted()).toEqual(['prober', 'reaper', 'writer']);
  });

  it('binds our own service accounts alone', () => {
    const bindings = render(switched).filter(({ kind }) => kind.endsWith('Binding') && kind.startsWith('Cluster'));

    for (const { subjects } of bindings) {
      for (const subject of subjects as { kind: string; namespace: string; name: string }[]) {
        expect(subject).toMatchObject({ kind: 'ServiceAccount', namespace });
        expect(subject.name).toMatch(/^ipv6check-(prober|writer|reaper)$/);
      }
    }
  });

  it('names every right: no star, no escalation, no secrets, nothing that changes a pod', () => {
    for (const rules of Object.values(rolesOf(render(leastValues)))) {
      for (const { apiGroups, resources, verbs } of rules) {
        expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
        expect(resources).not.toEqual(expect.arrayContaining([expect.stringMatching(/secret|role|token|configmap/)]));
        for (const verb of verbs) expect(['get', 'list', 'create', 'patch', 'delete']).toContain(verb);
        if (resources.some((resource) => /^(pods|nodes|namespaces|deployments)$/.test(resource))) {
          expect(verbs.filter((verb) => verb !== 'get' && verb !== 'list')).toEqual([]);
        }
      }
    }
  });

  it.each`
    who         | what                                                        | isAllowed
    ${'prober'} | ${'get core/pods'}                                          | ${true}
    ${'prober'} | ${'get core/pods/exec'}                                     | ${true}
    ${'prober'} | ${'create core/pods/exec'}                                  | ${true}
    ${'prober'} | ${'patch core/pods/ephemeralcontainers'}                    | ${false}
    ${'prober'} | ${'create core/pods'}                                       | ${false}
    ${'prober'} | ${'create networking.k8s.io/networkpolicies'}               | ${false}
    ${'prober'} | ${'delete networking.k8s.io/networkpolicies'}               | ${false}
    ${'writer'} | ${'get core/pods/exec'}                                     | ${false}
    ${'writer'} | ${'create core/pods/exec'}                                  | ${false}
    ${'writer'} | ${'get core/pods'}                                          | ${true}
    ${'writer'} | ${'create networking.k8s.io/networkpolicies'}               | ${true}
    ${'writer'} | ${'patch networking.k8s.io/networkpolicies'}                | ${true}
    ${'writer'} | ${'delete projectcalico.org/networkpolicies'}               | ${true}
    ${'writer'} | ${'update projectcalico.org/networkpolicies'}               | ${false}
    ${'writer'} | ${'create crd.projectcalico.org/networkpolicies'}           | ${false}
    ${'writer'} | ${'create projectcalico.org/globalnetworkpolicies'}         | ${false}
    ${'writer'} | ${'create projectcalico.org/tiers'}                         | ${false}
    ${'writer'} | ${'create policy.networking.k8s.io/clusternetworkpolicies'} | ${true}
    ${'writer'} | ${'deletecollection networking.k8s.io/networkpolicies'}     | ${false}
    ${'reaper'} | ${'delete networking.k8s.io/networkpolicies'}               | ${true}
    ${'reaper'} | ${'delete policy.networking.k8s.io/clusternetworkpolicies'} | ${true}
    ${'reaper'} | ${'create networking.k8s.io/networkpolicies'}               | ${false}
    ${'reaper'} | ${'patch networking.k8s.io/networkpolicies'}                | ${false}
    ${'reaper'} | ${'get core/pods'}                                          | ${false}
  `('the $who may $what: $isAllowed', ({ who, what, isAllowed }) => {
    expect(may(leastValues, who, what)).toBe(isAllowed);
  });

  it.each(['create', 'patch', 'delete'])('lets the writer %s in its own Calico tier and in no other', (verb) => {
    const right = `${verb} projectcalico.org/tier.networkpolicies`;

    expect(may(leastValues, 'writer', right, 'shop', 'ipv6check.*')).toBe(true);
    expect(may(leastValues, 'writer', right, 'shop', 'default.*')).toBe(false);
  });

  it.each`
    who         | what                                          | home               | isAllowed
    ${'prober'} | ${'create core/pods/exec'}                    | ${'shop'}          | ${true}
    ${'prober'} | ${'create core/pods/exec'}                    | ${'calico-system'} | ${true}
    ${'prober'} | ${'create core/pods/exec'}                    | ${'pay'}           | ${false}
    ${'prober'} | ${'list core/pods'}                           | ${'pay'}           | ${false}
    ${'prober'} | ${'get core/nodes'}                           | ${'*'}             | ${true}
    ${'prober'} | ${'list projectcalico.org/tiers'}             | ${'*'}             | ${true}
    ${'writer'} | ${'create networking.k8s.io/networkpolicies'} | ${'shop'}          | ${true}
    ${'writer'} | ${'create networking.k8s.io/networkpolicies'} | ${'pay'}           | ${false}
    ${'writer'} | ${'list networking.k8s.io/networkpolicies'}   | ${'*'}             | ${true}
    ${'reaper'} | ${'delete networking.k8s.io/networkpolicies'} | ${'pay'}           | ${true}
  `('confined, the $who may $what in $home: $isAllowed', ({ who, what, home, isAllowed }) => {
    expect(may(confined, who, what, home)).toBe(isAllowed);
  });

  it('adds ephemeral containers and debug pods each by its own switch', () => {
    expect(may(switched, 'prober', 'patch core/pods/ephemeralcontainers')).toBe(true);
    expect(may(switched, 'prober', 'create core/pods', 'ipv6check-debug')).toBe(true);
    expect(may(switched, 'prober', 'create core/pods', 'shop')).toBe(false);
    expect(may(switched, 'writer', 'create core/pods', 'ipv6check-debug')).toBe(false);
  });
});
