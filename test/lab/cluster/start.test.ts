import { CoreV1Api, NetworkingV1Api, VersionApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

describe('lab/cluster/start', () => {
  it('answers the client library over TLS with its own authority', async () => {
    const { gitVersion } = await lab.config('prober').makeApiClient(VersionApi).getCode();
    const { items } = await lab.config('prober').makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'other' });

    expect(gitVersion).toBe('v1.36.2');
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['elsewhere']);
  });

  it('creates, reads, patches and deletes a policy for the client library', async () => {
    const api = lab.config('writer').makeApiClient(NetworkingV1Api);
    const body = {
      metadata: { name: 'round-trip' },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }] },
    };

    const made = await api.createNamespacedNetworkPolicy({ namespace: 'shop', body, fieldValidation: 'Strict' });
    const read = await api.readNamespacedNetworkPolicy({ namespace: 'shop', name: 'round-trip' });
    await api.deleteNamespacedNetworkPolicy({
      namespace: 'shop',
      name: 'round-trip',
      body: { preconditions: { uid: made.metadata?.uid ?? '' } },
    });

    expect(read.spec).toEqual(body.spec);
    expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date);
    await expect(api.readNamespacedNetworkPolicy({ namespace: 'shop', name: 'round-trip' })).rejects.toMatchObject({
      code: 404,
    });
  });

  it('lets a test change the world as an admin could', async () => {
    const [first] = lab.cluster.objects('Pod').filter(({ metadata }) => metadata.name === 'checkout-1');
    const labelled = { ...first!, metadata: { name: 'checkout-1', namespace: 'shop', labels: { changed: 'yes' } } };

    const applied = await lab.cluster.apply(labelled);
    const { json } = await lab.ask('prober', 'GET', '/api/v1/namespaces/shop/pods/checkout-1');

    expect(json.metadata).toMatchObject({ labels: { changed: 'yes' }, uid: first?.metadata.uid });
    expect(applied.metadata.resourceVersion).toBe(json.metadata.resourceVersion);
    await expect(
      lab.cluster.remove({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nix', namespace: 'shop' } }),
    ).rejects.toThrow('No Pod shop/nix');
  });

  it('writes every request into the audit', async () => {
    const from = lab.cluster.audit.length;

    await lab.ask('prober', 'GET', '/api/v1/namespaces/shop/pods?limit=1', { headers: { 'user-agent': 'probe/1' } });
    await lab.ask('nobody', 'GET', '/api/v1/nodes/node1');

    const seen = lab.cluster.auditSince(from);
    expect(seen).toMatchObject([
      { verb: 'list', code: 200, userAgent: 'probe/1', path: '/api/v1/namespaces/shop/pods?limit=1' },
      { verb: 'get', code: 403, user: lab.cluster.userName('nobody') },
    ]);
  });
});
