import { afterEach, describe, expect, it } from 'vitest';
import { servedResources } from '../../../lab/cluster/calico.ts';
import type { KubeObject } from '../../../lab/contract.ts';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;
afterEach(() => lab.close());

const get = (path: string) => lab.ask('prober', 'GET', path);
const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v3.projectcalico.org';

describe('lab/cluster/calico', () => {
  it('serves native v3 resources by default', async () => {
    lab = await startLab();

    const { json } = await get(apiService);

    expect(json.spec).not.toHaveProperty('service');
    expect(json.metadata.labels['kube-aggregator.kubernetes.io/automanaged']).toBe('true');
    expect(json.status.conditions[0].reason).toBe('Local');
  });

  it('can look like an aggregated Calico API server', async () => {
    lab = await startLab({ calico: 'aggregated' });

    expect((await get(apiService)).json.spec.service).toMatchObject({ name: 'calico-api' });
    expect((await get('/apis/projectcalico.org/v3/tiers')).code).toBe(200);
  });

  it('can keep Calico’s objects as the classic CRDs alone', async () => {
    lab = await startLab({ calico: 'classic' });

    expect((await get('/apis/crd.projectcalico.org/v1/tiers')).json.items).toMatchObject([{ kind: 'Tier' }]);
    expect((await get('/apis/projectcalico.org/v3/tiers')).text.trim()).toBe('404 page not found');
    expect((await get(apiService)).code).toBe(404);
  });

  it('can be without Calico', async () => {
    lab = await startLab({ calico: 'absent' });

    expect((await get('/apis/crd.projectcalico.org/v1/tiers')).code).toBe(404);
    expect((await get('/apis/projectcalico.org/v3/tiers')).code).toBe(404);
    expect((await get('/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies')).code).toBe(404);
  });

  it('serves what administrators once wrote only where something of it is left', async () => {
    lab = await startLab();
    const left = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'allow-egress' },
    };
    const kinds = (objects: readonly KubeObject[]) => servedResources('native', [], objects).map(({ kind }) => kind);

    expect((await get('/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies')).code).toBe(404);
    expect(kinds([])).not.toContain('AdminNetworkPolicy');
    expect(kinds([left])).toContain('AdminNetworkPolicy');
  });
});
