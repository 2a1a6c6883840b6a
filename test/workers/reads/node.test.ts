import { describe, expect, it } from 'vitest';
import { NodeObject } from '../../../src/evidence/objects.ts';
import { readNode, readPeerNodes } from '../../../workers/reads/node.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

const token = 'tok-planted';
const path = '/api/v1/nodes/node-a';
const raw = {
  metadata: {
    name: 'node-a',
    labels: { zone: 'west' },
    annotations: { 'projectcalico.org/IPv6Address': '2001:db8::1/64', 'example.com/token': token },
    managedFields: [{ manager: token }],
  },
  spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24', 'fd00::/64', 5], providerID: token },
  status: {
    addresses: [
      { type: 'Hostname', address: 'node-a' },
      { type: 'InternalIP', address: '192.0.2.1' },
      { type: 'ExternalIP', address: '2001:db8::1' },
    ],
    nodeInfo: { containerRuntimeVersion: 'containerd://2.1.0', systemUUID: token },
    conditions: [
      { type: 'MemoryPressure', status: 'True', message: token },
      { type: 'Ready', status: 'True' },
    ],
  },
};

describe('workers/reads/node', () => {
  it.each`
    providerID                       | provider
    ${'aws:///eu-central-1a/i-0abc'} | ${'aws'}
    ${'openstack:///6c5bd0e1-0000'}  | ${'openstack'}
    ${''}                            | ${undefined}
    ${'i-0abc'}                      | ${undefined}
  `('takes of "$providerID" no more than $provider', async ({ providerID, provider }) => {
    const session = fakeSession({ [path]: { ...raw, spec: { providerID } } });

    expect(await readNode(session, 'node-a')).toEqual(
      expect.objectContaining({ value: expect.objectContaining(provider === undefined ? {} : { provider }) }),
    );
  });

  it('reads the other nodes, and says why it could not', async () => {
    const other = { ...raw, metadata: { ...raw.metadata, name: 'node-b' } };
    const session = fakeSession({ '/api/v1/nodes': [raw, other] });

    expect(await readPeerNodes(session, 'node-a')).toMatchObject({
      status: 'observed',
      value: [{ name: 'node-b', addresses: ['192.0.2.1', '2001:db8::1'] }],
    });
    expect(await readPeerNodes(fakeSession({ '/api/v1/nodes': refused('forbidden') }), 'node-a')).toMatchObject({
      ...{ status: 'failed', code: 'READ_REFUSED' },
    });
  });

  it('keeps addresses, ranges, readiness and Calico’s annotations', async () => {
    const observation = await readNode(fakeSession({ [path]: raw }), 'node-a');

    expect(observation).toEqual({
      ...{ status: 'observed', by: 'the Node object' },
      value: {
        ...{ name: 'node-a', addresses: ['192.0.2.1', '2001:db8::1'], podCIDRs: ['10.0.0.0/24', 'fd00::/64'] },
        annotations: { 'projectcalico.org/IPv6Address': '2001:db8::1/64' },
        ...{ labels: { zone: 'west' }, containerRuntime: 'containerd://2.1.0', isReady: true },
      },
    });
    expect(JSON.stringify(observation)).not.toContain(token);
  });

  it.each`
    condition                               | isReady
    ${{ type: 'Ready', status: 'False' }}   | ${false}
    ${{ type: 'Ready', status: 'Unknown' }} | ${false}
    ${{ type: 'Ready', status: 'True' }}    | ${true}
  `('is $isReady with $condition', async ({ condition, isReady }) => {
    const observation = await readNode(fakeSession({ [path]: { status: { conditions: [condition] } } }), 'node-a');

    expect(observation).toMatchObject({ value: { isReady } });
  });

  it('reads a node that says little', async () => {
    const bare = await readNode(fakeSession({ [path]: {} }), 'node-a');
    const old = await readNode(fakeSession({ [path]: { spec: { podCIDR: 'fd00::/64' } } }), 'node-a');

    expect(NodeObject.parse(bare.status === 'observed' ? bare.value : null)).toMatchObject({
      podCIDRs: [],
      isReady: false,
    });
    expect(old).toMatchObject({ value: { podCIDRs: ['fd00::/64'] } });
  });

  it('says why there is none', async () => {
    expect(await readNode(fakeSession({ [path]: refused('forbidden', 'no') }), 'node-a')).toEqual({
      ...{ status: 'failed', code: 'READ_REFUSED', detail: 'node node-a: no' },
    });
  });
});
