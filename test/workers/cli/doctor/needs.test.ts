import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../../lab/contract.ts';
import { StoredObject } from '../../../../src/evidence/objects.ts';
import { lookAtCluster } from '../../../../workers/cli/doctor/cluster.ts';
import { type ClusterRole, type Need, needsOf, type Served } from '../../../../workers/cli/doctor/needs.ts';
import { rereads } from '../../../../workers/rereads.ts';
import { aRemediation } from '../../../helpers/builders.ts';
import { type CheckableLab, startCheckableLab } from '../../../helpers/lab-cluster.ts';

const groups = new Map([
  ['networking.k8s.io', ['v1']],
  ['projectcalico.org', ['v3']],
  ['policy.networking.k8s.io', ['v1alpha2']],
]);
const words = ({ verb, resource, group }: Pick<Need, 'verb' | 'resource' | 'group'>) => `${verb} ${group}/${resource}`;

/** What an audit entry asked for; null for discovery and for reviews, which everybody may. */
function deedOf({ verb, path }: AuditEntry): string | null {
  const [bare = ''] = path.split('?');
  const [, group = '', , rest = ''] = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)\/(.+)$/.exec(bare) ?? [];
  if (rest === '' || group === 'authorization.k8s.io') return null;
  const [resource = '', , subresource] = rest.replace(/^namespaces\/[^/]+\/(?=.)/, '').split('/');
  return `${verb === 'exec' ? 'get' : verb} ${group}/${resource}${subresource ? `/${subresource}` : ''}`;
}

describe('workers/cli/doctor/needs', () => {
  let lab: CheckableLab;
  beforeAll(async () => {
    lab = await startCheckableLab({ seed: 71, fault: 'k8s-np-ipv4-only-ipblock' });
  });
  afterAll(() => lab?.close());

  const never = new AbortController().signal;
  const served: Served = { groups, hasTierChecks: false };
  const asked = (since: number, user: string) =>
    new Set(
      lab.cluster
        .auditSince(since)
        .filter((entry) => entry.user === lab.cluster.userName(user))
        .flatMap((entry) => deedOf(entry) ?? []),
    );
  const strangers = (role: ClusterRole, deeds: ReadonlySet<string>) => {
    const known = new Set(needsOf(role, served).map(words));
    return [...deeds].filter((deed) => !known.has(deed));
  };

  it('names everything that a prober asks for in a check', async () => {
    const since = lab.cluster.audit.length;
    for (const target of ['shop/checkout', 'shop/deploy/checkout', 'shop/nobody']) {
      await lab.check(target).catch(() => null); // the last one is not there, and is looked for all the same
    }

    const deeds = asked(since, 'prober');
    expect(deeds.size).toBeGreaterThan(12);
    expect(deeds).toContain('get /pods/exec');
    expect(strangers('probe', deeds)).toEqual([]);
  });

  it.each(['writer', 'reaper'] as const)('names everything that a %s asks for', async (user) => {
    const since = lab.cluster.audit.length;
    const { cluster, writer } = await lab.connect(user);
    const { namespace, pod } = lab.world.subject;
    const [ours] = [aRemediation().manifest];
    const manifest = StoredObject.parse({ ...ours, metadata: { ...ours.metadata, namespace } });
    await writer.listOurs();
    await writer.remove(manifest, 'uid');
    if (user === 'writer') {
      const anchors = { anchorsIpv6: ['2001:db8::1'], anchorsIpv4: [], anchorPort: 443 };
      const reading = rereads({ cluster, anchors, resolve: async () => [] });
      const uid = lab.cluster.objects('Pod').find(({ metadata }) => metadata.name === pod)!.metadata.uid!;
      await reading.readForPlan('r', { namespace, pod, uid }, never);
      await reading.harmOf(manifest, never);
      await writer.create(manifest, { dryRun: true });
      await writer.get(manifest);
      await writer.extend(manifest, 'uid', new Date());
    }

    const deeds = asked(since, user);
    expect(deeds).toContain('delete networking.k8s.io/networkpolicies');
    expect(strangers(user === 'writer' ? 'remediate' : 'reap', deeds)).toEqual([]);
  });

  it('names nothing that doctor would miss in the lab, whose roles are enough for the whole loop', async () => {
    for (const [user, role] of [
      ['prober', 'probe'],
      ['writer', 'remediate'],
      ['reaper', 'reap'],
    ] as const) {
      const options = { role, namespaces: [], fenceNamespace: 'shop', isFenceRequired: false };
      const findings = await lookAtCluster(await lab.connect(user), options, never);

      expect(findings.filter(({ area }) => area === 'rights')).toMatchObject([{ state: 'ok' }]);
    }
  });

  it.each`
    what                         | change                                                    | wanted                                                            | unwanted
    ${'the old admin kinds'}     | ${['policy.networking.k8s.io', ['v1alpha1']]}             | ${['list policy.networking.k8s.io/adminnetworkpolicies']}         | ${['create policy.networking.k8s.io/clusternetworkpolicies']}
    ${'both admin kinds'}        | ${['policy.networking.k8s.io', ['v1alpha2', 'v1alpha1']]} | ${['list policy.networking.k8s.io/baselineadminnetworkpolicies']} | ${[]}
    ${'Calico by its CRDs only'} | ${['projectcalico.org', []]}                              | ${['list crd.projectcalico.org/tiers']}                           | ${['create projectcalico.org/networkpolicies', 'get apiregistration.k8s.io/apiservices']}
  `('asks with $what for what is served, and for nothing that is not', ({ change, wanted, unwanted }) => {
    const here: Served['groups'] = new Map([...groups, ['crd.projectcalico.org', ['v1']], change]);

    const all = needsOf('remediate', { groups: here, hasTierChecks: false }).map(words);

    for (const need of wanted) expect(all).toContain(need);
    for (const need of unwanted) expect(all).not.toContain(need);
  });

  it("asks for the rights of tiers where Calico's own API server judges them, in our tier alone", () => {
    const tiers = (role: ClusterRole) =>
      needsOf(role, { groups, hasTierChecks: true }).filter(({ resource }) => resource.startsWith('tier.'));

    expect(tiers('probe').map(words)).toEqual([
      'list projectcalico.org/tier.networkpolicies',
      'list projectcalico.org/tier.globalnetworkpolicies',
    ]);
    for (const role of ['remediate', 'reap'] as const) {
      const writes = tiers(role).filter(({ verb }) => verb !== 'list');
      expect(writes.length).toBeGreaterThan(0);
      expect(writes.filter(({ name }) => name !== 'ipv6check.*')).toEqual([]);
    }
  });

  it('needs no cluster that has neither Calico nor admin policies to serve them', () => {
    const all = needsOf('remediate', { groups: new Map([['networking.k8s.io', ['v1']]]), hasTierChecks: false });

    expect(all.filter(({ group }) => /calico|policy\./.test(group))).toEqual([]);
  });
});
