import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../src/evidence/objects.ts';
import type { PolicyWriter } from '../../../src/ports.ts';
import type { ConnectedCluster } from '../../../workers/adapters/kubernetes.ts';
import { policyWriter } from '../../../workers/adapters/policy-writer.ts';
import { type Lab, startLab } from '../../lab/cluster/stand-in.ts';
import { connectedBy, doorTo, restOver, scripted } from './connecting.ts';

const at = new Date('2026-03-01T12:00:00Z');
const labels = { 'app.kubernetes.io/managed-by': 'ipv6check' };
const everyone = '::/0';

const kubernetes: StoredObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'ipv6check-r1', namespace: 'shop', labels },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: everyone } }] }] },
};
const calico: StoredObject = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'NetworkPolicy',
  metadata: { name: 'ipv6check.r1', namespace: 'shop', labels },
  spec: { types: ['Egress'], egress: [{ action: 'Allow', ipVersion: 6 }] },
};
const admin: StoredObject = {
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  metadata: { name: 'ipv6check-r1', labels },
  spec: {
    ...{ tier: 'Admin', priority: 10, subject: { namespaces: {} } },
    egress: [{ name: 'open', action: 'Accept', to: [{ networks: [everyone] }] }],
  },
};

let lab: Lab;
let opened: ConnectedCluster[];

beforeEach(async () => {
  opened = [];
});
afterEach(async () => {
  for (const each of opened) await each.close();
  await lab.close();
});

async function start(options: Parameters<typeof startLab>[0] = {}, user = 'writer'): Promise<PolicyWriter> {
  lab = await startLab(options);
  return writerFor(user);
}

async function writerFor(user: string): Promise<PolicyWriter> {
  const connected = await connectedBy(lab.cluster.kubeconfig(user));
  opened.push(connected);
  return connected.writer;
}

const dryRun = { dryRun: true };
const forReal = { dryRun: false };
const namesOf = (outcome: Awaited<ReturnType<PolicyWriter['listOurs']>>) =>
  outcome.ok ? outcome.value.map(({ kind, metadata }) => `${kind}/${metadata.name}`).toSorted() : outcome;

describe('workers/adapters/policy-writer', () => {
  it.each`
    manifest      | path
    ${kubernetes} | ${'/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies'}
    ${calico}     | ${'/apis/projectcalico.org/v3/namespaces/shop/networkpolicies'}
    ${admin}      | ${'/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies'}
  `('creates, finds and deletes at $path', async ({ manifest, path }) => {
    const writer = await start();
    const before = lab.cluster.audit.length;

    const created = await writer.create(manifest, forReal);
    const uid = created.ok ? (created.value.metadata.uid ?? '') : '';
    const found = await writer.get(manifest);

    expect(created).toMatchObject({
      ok: true,
      value: { kind: manifest.kind, metadata: { name: manifest.metadata.name } },
    });
    expect(uid).not.toBe('');
    expect(found).toMatchObject({ ok: true, value: { metadata: { uid }, spec: manifest.spec } });
    expect(await writer.remove(manifest, uid)).toEqual({ ok: true, value: null });
    expect(await writer.get(manifest)).toMatchObject({ ok: false, reason: 'not-found', status: 404 });
    expect(await writer.remove(manifest, uid)).toMatchObject({ ok: false, reason: 'not-found' });
    expect(
      lab.cluster.auditSince(before).map((entry) => `${entry.verb} ${new URL(entry.path, 'http://x').pathname}`),
    ).toEqual([
      `create ${path}`,
      ...['get', 'delete', 'get', 'delete'].map((verb) => `${verb} ${path}/${manifest.metadata.name}`),
    ]);
  });

  it('tries without changing anything', async () => {
    const writer = await start();

    expect(await writer.create(kubernetes, dryRun)).toMatchObject({ ok: true });
    expect(await writer.get(kubernetes)).toMatchObject({ reason: 'not-found' });
    expect(new URL(lab.cluster.audit[0]?.path ?? '', 'http://x').searchParams.get('dryRun')).toBe('All');
  });

  it.each([dryRun, forReal])('refuses fields that the API would drop, with %j', async (options) => {
    const writer = await start();
    const misspelt = { ...kubernetes, spec: { ...(kubernetes.spec as object), policyTipes: ['Egress'] } };

    expect(await writer.create(misspelt, options)).toMatchObject({
      ...{ ok: false, reason: 'invalid', status: 400 },
      message: expect.stringContaining('unknown field "spec.policyTipes"'),
    });
  });

  it('is told of a name that is taken, and does not overwrite it', async () => {
    const writer = await start();
    const first = await writer.create(kubernetes, forReal);

    expect(await writer.create({ ...kubernetes, spec: { podSelector: {} } }, forReal)).toMatchObject({
      ...{ ok: false, reason: 'conflict', status: 409, message: expect.stringContaining('already exists') },
    });
    expect(await writer.get(kubernetes)).toEqual(first);
  });

  it('deletes the object that it means and no successor of the same name', async () => {
    const writer = await start();
    await writer.create(kubernetes, forReal);

    expect(await writer.remove(kubernetes, '00000000-0000-4000-8000-000000000000')).toMatchObject({
      ...{ ok: false, reason: 'conflict', status: 409, message: expect.stringContaining('UID in the precondition') },
    });
    expect(await writer.get(kubernetes)).toMatchObject({ ok: true });
  });

  it.each`
    situation                  | manifest
    ${'the group of old CRDs'} | ${{ ...calico, apiVersion: 'crd.projectcalico.org/v1' }}
    ${'another kind'}          | ${{ ...kubernetes, kind: 'Secret' }}
    ${'another group'}         | ${{ ...kubernetes, apiVersion: 'v1' }}
    ${'a missing namespace'}   | ${{ ...kubernetes, metadata: { name: 'a' } }}
    ${'a name with a way out'} | ${{ ...kubernetes, metadata: { name: 'a/status', namespace: 'shop' } }}
    ${'a namespace of dots'}   | ${{ ...kubernetes, metadata: { name: 'a', namespace: '..' } }}
  `('asks the cluster for nothing with $situation', async ({ manifest }) => {
    const writer = await start();
    const { length } = lab.cluster.audit;

    expect(await writer.get(manifest)).toMatchObject({ ok: false, reason: 'invalid', status: 0 });
    expect(await writer.remove(manifest, 'uid')).toMatchObject({ ok: false, reason: 'invalid', status: 0 });
    if (!manifest.metadata.name.includes('/')) {
      expect(await writer.create(manifest, forReal)).toMatchObject({ ok: false, reason: 'invalid', status: 0 });
    }
    expect(lab.cluster.audit).toHaveLength(length);
  });

  it('lists objects of ours in all kinds and namespaces, and no others', async () => {
    const writer = await start();
    for (const manifest of [kubernetes, calico, admin]) await writer.create(manifest, forReal);
    await lab.cluster.apply({ ...kubernetes, metadata: { name: 'foreign', namespace: 'shop' } });
    await lab.cluster.apply({ ...kubernetes, metadata: { name: 'elsewhere', namespace: 'other', labels } });

    expect(namesOf(await writer.listOurs())).toEqual([
      'ClusterNetworkPolicy/ipv6check-r1',
      'NetworkPolicy/elsewhere',
      'NetworkPolicy/ipv6check-r1',
      'NetworkPolicy/ipv6check.r1',
    ]);
  });

  it('lists what is left where a group is not served, and asks for none that is not', async () => {
    const writer = await start({ absentGroups: ['policy.networking.k8s.io', 'projectcalico.org'] });
    await writer.create(kubernetes, forReal);
    const before = lab.cluster.audit.length;

    expect(namesOf(await writer.listOurs())).toEqual(['NetworkPolicy/ipv6check-r1']);
    expect(lab.cluster.auditSince(before)).toHaveLength(2);
  });

  const may = (groups: readonly string[]) => [
    { apiGroups: groups, resources: ['*'], verbs: ['get', 'list', 'create', 'delete'] },
  ];

  it('lists what it may where another group is forbidden', async () => {
    const writer = await start({ roles: { narrow: may(['networking.k8s.io']) } }, 'narrow');
    await writer.create(kubernetes, forReal);

    expect(namesOf(await writer.listOurs())).toEqual(['NetworkPolicy/ipv6check-r1']);
  });

  it('does not take a role without any rights for a cluster without objects', async () => {
    const writer = await start({}, 'nobody');

    expect(await writer.listOurs()).toMatchObject({ ok: false, reason: 'forbidden', status: 403 });
  });

  it.each([/^GET \/apis$/, /clusternetworkpolicies/])('lists nothing when %s fails', async (matching) => {
    const writer = await start();
    lab.cluster.trouble.failNext(1, 'server-error', matching);

    expect(await writer.listOurs()).toMatchObject({ ok: false, reason: 'unavailable', status: 500 });
  });

  it('does not take an odd answer for a cluster without groups', async () => {
    await start();
    const server = await scripted((_, response) => response.end('{"kind":"Hello"}'));
    const door = doorTo(server.url);
    const writer = policyWriter(restOver(door).rest);

    expect(await writer.listOurs()).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(await writer.get(kubernetes)).toMatchObject({ ok: false, reason: 'unavailable' });
    await door.close();
    await server.close();
  });

  it.each([kubernetes, calico, admin])('moves the end of $kind $metadata.name and nothing else', async (manifest) => {
    const writer = await start();
    const created = await writer.create(manifest, forReal);
    const uid = created.ok ? created.value.metadata.uid! : '';

    const extended = await writer.extend(manifest, uid, new Date('2026-03-01T13:00:00.500Z'));

    expect(extended.ok && extended.value.metadata.annotations).toEqual({
      'ipv6check.dev/expires-at': '2026-03-01T13:00:00Z',
    });
    expect(extended.ok && extended.value.spec).toEqual(created.ok && created.value.spec);
    expect(extended.ok && extended.value.metadata.labels).toEqual(labels);
  });

  it('extends no other object of the name', async () => {
    const writer = await start();
    await writer.create(kubernetes, forReal);

    expect(await writer.extend(kubernetes, 'another', at)).toMatchObject({ ok: false });
    const found = await writer.get(kubernetes);
    expect(found.ok && found.value.metadata.annotations).toBeUndefined();
    expect(await writer.extend(calico, 'x', at)).toMatchObject({ ok: false, reason: 'not-found' });
  });
});
