import { describe, expect, it } from 'vitest';
import { readCalicoNode } from '../../../workers/reads/calico-node.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

const running = { running: {} };
const crashing = { waiting: { reason: 'CrashLoopBackOff' } };

const pod = (
  name: string,
  states: Readonly<Record<string, object>> = { 'calico-node': running },
  metadata: object = {},
) => ({
  metadata: { namespace: 'calico-system', name, ...metadata },
  spec: {
    containers: Object.keys(states).map((container) => ({ name: container, image: `quay.io/calico/node:v3.32.1` })),
  },
  status: { containerStatuses: Object.entries(states).map(([container, state]) => ({ name: container, state })) },
});
const found = (name: string, container = 'calico-node') => ({
  ...{ ok: true, target: { namespace: 'calico-system', pod: name, container }, version: 'v3.32.1' },
});
const read = (...pods: readonly object[]) => readCalicoNode(fakeSession({ '/api/v1/pods': pods as never }), 'node-a');

describe('workers/reads/calico-node', () => {
  it('looks for it on that node in all namespaces', async () => {
    const session = fakeSession({ '/api/v1/pods': [pod('a')] });

    expect(await readCalicoNode(session, 'node-a')).toMatchObject(found('a'));
    expect(session.reads[0]?.query).toEqual({
      ...{ labelSelector: 'k8s-app=calico-node', fieldSelector: 'spec.nodeName=node-a', limit: 5 },
    });
  });

  it('passes over one that ends, and one whose own container does not run', async () => {
    const ending = pod('ending', undefined, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const beside = pod('beside', { sidecar: running, 'calico-node': crashing });

    expect(await read(ending, beside, pod('good'))).toMatchObject(found('good'));
    expect(await read(ending, beside)).toMatchObject({
      ok: false,
      why: 'no calico-node pod is running on node node-a',
    });
  });

  it('takes the first container where none bears the name', async () => {
    expect(await read(pod('a', { node: running, other: running }))).toMatchObject(found('a', 'node'));
  });

  it('says why there is none', async () => {
    const forbidden = fakeSession({ '/api/v1/pods': refused('forbidden', 'no') });

    expect(await read()).toMatchObject({ ok: false, why: 'there is no calico-node pod on node node-a' });
    expect(await readCalicoNode(forbidden, 'node-a')).toMatchObject({
      ...{ ok: false, why: 'pods of node node-a could not be listed: no' },
    });
  });

  it.each`
    image                                          | version
    ${'docker.io/calico/node:v3.31.0'}             | ${'v3.31.0'}
    ${'registry:5000/node:v3.31.0-rc1@sha256:abc'} | ${'v3.31.0-rc1'}
    ${'quay.io/calico/node@sha256:abc'}            | ${null}
    ${'quay.io/calico/node:release'}               | ${null}
  `('reads $version from $image', async ({ image, version }) => {
    const { spec: _, ...others } = pod('a');

    expect(await read({ ...others, spec: { containers: [{ name: 'calico-node', image }] } })).toMatchObject({
      version,
    });
  });
});
