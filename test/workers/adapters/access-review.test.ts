import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabCluster, startCluster } from '../../../lab/cluster/start.ts';
import { type Deed, reviewAccess } from '../../../workers/adapters/access-review.ts';
import { type ConnectedCluster, connectCluster } from '../../../workers/adapters/kubernetes.ts';
import type { Rest, RestRequest } from '../../../workers/adapters/rest.ts';
import { objects, standInNetwork } from '../../lab/cluster/stand-in.ts';

describe('workers/adapters/access-review', () => {
  let cluster: LabCluster;
  let connected: ConnectedCluster;
  let folder: string;

  beforeAll(async () => {
    const exec = { apiGroups: [''], resources: ['pods/exec'], verbs: ['get'], namespaces: ['shop'] };
    const named = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'], resourceNames: ['web'] };
    cluster = await startCluster({ objects, network: standInNetwork(), roles: { someone: [exec, named] } });
    folder = mkdtempSync(join(tmpdir(), 'ipv6check-review-'));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, cluster.kubeconfig('someone'));
    connected = await connectCluster({ name: 'lab', kubeconfig, maxInFlight: 2 });
  });
  afterAll(async () => {
    await connected.close();
    await cluster.close();
    rmSync(folder, { recursive: true });
  });

  it.each`
    deed                                                                       | allowed
    ${{ verb: 'get', group: '', resource: 'pods/exec', namespace: 'shop' }}    | ${true}
    ${{ verb: 'create', group: '', resource: 'pods/exec', namespace: 'shop' }} | ${false}
    ${{ verb: 'get', group: '', resource: 'pods', namespace: 'shop' }}         | ${false}
    ${{ verb: 'get', group: '', resource: 'pods/exec', namespace: 'other' }}   | ${false}
    ${{ verb: 'get', group: '', resource: 'pods/exec' }}                       | ${false}
    ${{ verb: 'get', group: 'apps', resource: 'deployments', name: 'web' }}    | ${true}
    ${{ verb: 'get', group: 'apps', resource: 'deployments' }}                 | ${false}
    ${{ verb: 'get', group: '', resource: 'deployments', name: 'web' }}        | ${false}
  `('hears $allowed for $deed', async ({ deed, allowed }) => {
    expect(await connected.mayI(deed)).toEqual({ ok: true, value: allowed });
  });

  const deed: Deed = { verb: 'list', group: '', resource: 'pods' };
  const answering = (value: Record<string, unknown>) =>
    ({ read: async (_: RestRequest) => ({ ok: true, value }) }) as unknown as Rest; // the one method that is called

  it('takes an answer of another shape for none', async () => {
    expect(await reviewAccess(answering({ status: {} }), deed)).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(await reviewAccess(answering({}), deed)).toMatchObject({ ok: false, reason: 'unavailable' });
  });
});
