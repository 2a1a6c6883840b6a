import { describe, expect, it } from 'vitest';
import { CalicoNode } from '../../../src/evidence/objects.ts';
import { readCalicoSettings } from '../../../workers/reads/calico-settings.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

const token = 'tok-planted';
const path = '/apis/apps/v1/namespaces/calico-system/daemonsets/calico-node';
const containerWith = (env: readonly object[]) => ({
  name: 'calico-node',
  image: 'quay.io/calico/node:v3.31.2',
  env: [...env, { name: 'FELIX_TYPHAPASSWORD', value: token }, { name: 'DATASTORE_TOKEN', value: token }],
});
const felix = { name: 'FELIX_IPV6SUPPORT', value: 'false' };
const elsewhere = { name: 'IP6', valueFrom: { configMapKeyRef: { name: 'settings', key: token } } };
const podWith = (env: readonly object[], status: object = {}) => ({
  metadata: {
    ...{ namespace: 'calico-system', name: 'calico-node-a' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'calico-node', controller: true }],
  },
  spec: { containers: [env.length > 0 ? containerWith(env) : { ...containerWith([]), env: [] }] },
  status: {
    containerStatuses: [{ name: 'calico-node', ready: true, restartCount: 3, state: { running: {} } }],
    ...status,
  },
});
const daemonSet = { spec: { template: { spec: { containers: [containerWith([felix, elsewhere])] } } } };

async function read(pod: Record<string, unknown>, answers: Parameters<typeof fakeSession>[0] = {}) {
  const session = fakeSession(answers);
  const observation = await readCalicoSettings(session, pod);
  if (observation.status === 'failed') throw new Error(observation.detail);
  return { value: CalicoNode.parse(observation.value), reads: session.reads.length };
}

describe('workers/reads/calico-settings', () => {
  it('keeps the variables that decide about IPv6, and no other', async () => {
    const { value, reads } = await read(podWith([felix, elsewhere]));

    expect(value).toEqual({
      ...{ namespace: 'calico-system', pod: 'calico-node-a', version: 'v3.31.2', isReady: true, restarts: 3 },
      // Of what a ConfigMap holds only the name is known.
      environment: { FELIX_IPV6SUPPORT: 'false', IP6: null },
    });
    expect(JSON.stringify(value)).not.toContain(token);
    expect(reads).toBe(0);
  });

  it('asks the DaemonSet where the pod itself says nothing', async () => {
    const { value } = await read(podWith([]), { [path]: daemonSet });

    expect(value.environment).toEqual({ FELIX_IPV6SUPPORT: 'false', IP6: null });
  });

  it('knows no variable where the DaemonSet may not be read', async () => {
    expect((await read(podWith([]), { [path]: refused('forbidden') })).value.environment).toEqual({});
  });

  it('takes the condition Ready over the container’s own word', async () => {
    const { value } = await read(podWith([felix], { conditions: [{ type: 'Ready', status: 'False' }] }));

    expect(value).toMatchObject({ isReady: false });
  });
});
