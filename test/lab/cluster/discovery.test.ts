import { ApisApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ absentGroups: ['policy.networking.k8s.io'] });
});
afterAll(() => lab.close());

const get = (path: string, headers: Record<string, string> = {}) => lab.ask('nobody', 'GET', path, { headers });

describe('lab/cluster/discovery', () => {
  it('lists groups for the client library', async () => {
    const { groups } = await lab.config('nobody').makeApiClient(ApisApi).getAPIVersions();

    const names = groups.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['apps', 'batch', 'networking.k8s.io', 'projectcalico.org']));
    expect(names).not.toContain('policy.networking.k8s.io');
    expect(names).not.toContain('crd.projectcalico.org');
  });

  it('lists groups and their resources at once when asked for the aggregated form', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const core = (await get('/api', { accept })).json;
    const named = (await get('/apis', { accept })).json;

    expect(core).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
    const pods = core.items[0].versions[0].resources.find(({ resource }: { resource: string }) => resource === 'pods');
    expect(pods).toMatchObject({ scope: 'Namespaced', subresources: [{ subresource: 'exec' }] });
    const calico = named.items.find(
      ({ metadata }: { metadata: { name: string } }) => metadata.name === 'projectcalico.org',
    );
    expect(calico.versions[0]).toMatchObject({ version: 'v3', freshness: 'Current' });
  });

  it('lists the resources of a group version', async () => {
    const { json } = await get('/apis/networking.k8s.io/v1');

    expect(json).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: 'networking.k8s.io/v1',
      resources: [{ name: 'networkpolicies', namespaced: true, kind: 'NetworkPolicy', shortNames: ['netpol'] }],
    });
  });

  it.each([
    '/apis/policy.networking.k8s.io',
    '/apis/policy.networking.k8s.io/v1alpha2',
    '/apis/networking.k8s.io/v9',
    '/nonsense',
  ])('does not find %s, in plain text', async (path) => {
    const answer = await get(path);

    expect(answer.code).toBe(404);
    expect(answer.text.trim()).toBe('404 page not found');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('does not find the objects of an absent group either, once authorised', async () => {
    const path = '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies';

    expect(await lab.ask('prober', 'GET', path)).toMatchObject({ code: 404, json: undefined });
    expect((await get(path)).code).toBe(403);
  });

  it('is ready', async () => {
    expect((await get('/readyz')).text).toBe('ok');
  });
});
