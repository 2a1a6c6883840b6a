import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ReadOutcome } from '../../../../src/ports.ts';
import type { Deed } from '../../../../workers/adapters/access-review.ts';
import { type ClusterRole, type Need, needsOf, type Served } from '../../../../workers/cli/doctor/needs.ts';
import { lookAtRights } from '../../../../workers/cli/doctor/rights.ts';
import { refused } from '../../../helpers/fake-session.ts';

const served: Served = {
  groups: new Map([
    ['networking.k8s.io', ['v1']],
    ['projectcalico.org', ['v3']],
    ['policy.networking.k8s.io', ['v1alpha2']],
  ]),
  hasTierChecks: true,
};
const keyOf = ({ verb, group, resource, name = '' }: Pick<Deed, 'verb' | 'group' | 'resource' | 'name'>) =>
  [verb, group, resource, name].join(' ');

/** A cluster where this role may do everything but what is taken away. */
function cluster(role: ClusterRole, taken: (need: Need) => boolean = () => false) {
  const allowed = new Set(
    needsOf(role, served)
      .filter((need) => !taken(need))
      .map(keyOf),
  );
  const asked: Deed[] = [];
  const mayI = async (deed: Deed): Promise<ReadOutcome<boolean>> => {
    asked.push(deed);
    return { ok: true, value: allowed.has(keyOf(deed)) };
  };
  return {
    asked,
    look: (named: ClusterRole | null = role, namespaces: string[] = []) =>
      lookAtRights(named, { mayI, served, namespaces }),
  };
}

const roles = ['probe', 'remediate', 'reap'] as const;
const everyNeed = roles.flatMap((role) => needsOf(role, served).map((need) => ({ role, need, key: keyOf(need) })));

describe('workers/cli/doctor/rights', () => {
  it.each(roles)('finds nothing wrong where a %s may do all that it has to', async (role) => {
    const { findings } = await cluster(role).look();

    expect(findings).toMatchObject([{ area: 'rights', state: 'ok' }]);
  });

  it.each(everyNeed)('says of a $role without "$key" which line of RBAC is missing', async ({ role, need, key }) => {
    const { findings } = await cluster(role, (each) => keyOf(each) === key).look();

    expect(findings).toHaveLength(1);
    const [{ state, says, fix = '' }] = findings as [(typeof findings)[number]];
    expect(state).toBe('wrong');
    expect(says).toContain(need.why);
    expect(parse(fix)).toEqual([
      {
        ...{ apiGroups: [need.group], resources: [need.resource], verbs: [need.verb] },
        ...(need.name === undefined ? {} : { resourceNames: [need.name] }),
      },
    ]);
  });

  it('puts the verbs of one rule into one line, each once', async () => {
    const { findings } = await cluster('remediate', ({ group, resource }) => {
      return group === 'networking.k8s.io' && resource === 'networkpolicies';
    }).look();

    expect(findings.map(({ fix }) => fix)).toEqual([
      '- { apiGroups: ["networking.k8s.io"], resources: [networkpolicies], verbs: [list, get, create, patch, delete] }',
    ]);
  });

  it.each(roles)(
    'knows a %s by its rights where nobody says what it is, also when one of them is missing',
    async (role) => {
      const whole = await cluster(role).look(null);
      expect(whole).toMatchObject({ role, findings: [{ state: 'note' }, { state: 'ok' }] });

      const lacking = await cluster(
        role,
        ({ verb, resource }) => verb === 'list' && resource === 'networkpolicies',
      ).look(null);
      expect(lacking.role).toBe(role);
      expect(lacking.findings.map(({ state }) => state)).toContain('wrong');
    },
  );

  it('asks in the namespaces that it was given what a RoleBinding can grant, and the rest of the cluster', async () => {
    const { asked, look } = cluster('probe');

    await look('probe', ['shop', 'web']);

    const places = (resource: string) =>
      asked.filter((deed) => deed.resource === resource).map(({ namespace }) => namespace);
    expect(new Set(places('pods/exec'))).toEqual(new Set(['shop', 'web']));
    expect(new Set(places('nodes'))).toEqual(new Set([undefined]));
    expect(places('tiers')).toEqual([undefined]);
  });

  it('names the namespace in which a right is missing', async () => {
    const mayI = async ({ resource, namespace }: Deed): Promise<ReadOutcome<boolean>> => {
      return { ok: true, value: !(resource === 'pods/exec' && namespace === 'web') };
    };

    const { findings } = await lookAtRights('probe', { mayI, served, namespaces: ['shop', 'web'] });

    expect(findings).toMatchObject([{ state: 'wrong', says: expect.stringContaining('in namespace web') }]);
  });

  it('takes a review that is not answered for unknown, and says so once', async () => {
    const { findings } = await lookAtRights('probe', {
      ...{ mayI: async () => refused('unavailable', 'no route'), served, namespaces: [] },
    });

    expect(findings).toMatchObject([{ state: 'unknown', says: expect.stringContaining('no route') }]);
  });
});
