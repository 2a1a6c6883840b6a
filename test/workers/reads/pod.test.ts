import { describe, expect, it } from 'vitest';
import { PodObject } from '../../../src/evidence/objects.ts';
import { containersToTry, podOf, podPath } from '../../../workers/reads/pod.ts';

const token = 'tok-planted';
const states = {
  running: { running: { startedAt: '2026-01-01T00:00:00Z' } },
  crashing: { waiting: { reason: 'CrashLoopBackOff', message: token } },
  done: { terminated: { exitCode: 0, reason: 'Completed' } },
};

const raw = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ namespace: 'shop', name: 'checkout-1', uid: 'u-1', creationTimestamp: '2026-01-01T00:00:00Z' },
    labels: { app: 'checkout' },
    annotations: {
      'cni.projectcalico.org/podIPs': '10.0.0.1/32,fd00::1/128',
      'qos.projectcalico.org/egressBandwidth': '1M',
      'kubectl.kubernetes.io/last-applied-configuration': token,
      'vault.example/token': token,
    },
    managedFields: [{ manager: token }],
  },
  spec: {
    nodeName: 'node-a',
    serviceAccountName: 'checkout',
    containers: [
      { name: 'proxy', env: [{ name: 'TOKEN', value: token }], args: [token] },
      { name: 'app', env: [{ name: 'TOKEN', value: token }], command: [token] },
      { name: 'job' },
      { name: 'new' },
    ],
    volumes: [{ name: token }],
  },
  status: {
    phase: 'Running',
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
    containerStatuses: [
      { name: 'app', state: states.running, image: token },
      { name: 'proxy', state: states.running },
      { name: 'job', state: states.done },
    ],
  },
};

describe('workers/reads/pod', () => {
  it('keeps what a diagnosis needs and nothing else', () => {
    const pod = podOf(raw);

    expect(PodObject.parse(pod)).toEqual({
      ...{ namespace: 'shop', name: 'checkout-1', uid: 'u-1', labels: { app: 'checkout' } },
      annotations: {
        'cni.projectcalico.org/podIPs': '10.0.0.1/32,fd00::1/128',
        'qos.projectcalico.org/egressBandwidth': '1M',
      },
      ...{ nodeName: 'node-a', serviceAccount: 'checkout', isHostNetwork: false, isTerminating: false },
      ...{ phase: 'Running', podIPs: ['10.0.0.1', 'fd00::1'], createdAt: '2026-01-01T00:00:00Z', workload: null },
      containers: [
        { name: 'proxy', state: 'running', isRunning: true },
        { name: 'app', state: 'running', isRunning: true },
        { name: 'job', state: 'terminated: Completed', isRunning: false },
        { name: 'new', state: 'unknown', isRunning: false },
      ],
    });
    expect(JSON.stringify(pod)).not.toContain(token);
  });

  it('says why a container waits, without the words of its runtime', () => {
    const containerStatuses = [{ name: 'app', state: states.crashing }];
    const pod = podOf({ ...raw, status: { phase: 'Running', containerStatuses } });

    expect(pod.containers[1]).toEqual({ name: 'app', state: 'waiting: CrashLoopBackOff', isRunning: false });
    expect(JSON.stringify(pod)).not.toContain(token);
  });

  it.each`
    status                                               | podIPs
    ${{ podIP: 'fd00::1', podIPs: [{ ip: 'fd00::1' }] }} | ${['fd00::1']}
    ${{ podIP: '10.0.0.1' }}                             | ${['10.0.0.1']}
    ${{ podIPs: [{ ip: '' }, {}] }}                      | ${[]}
    ${{}}                                                | ${[]}
    ${undefined}                                         | ${[]}
  `('reads $podIPs as addresses of $status', ({ status, podIPs }) => {
    expect(podOf({ ...raw, status }).podIPs).toEqual(podIPs);
  });

  it('reads a pod that has hardly begun', () => {
    expect(PodObject.parse(podOf({ metadata: { name: 'a' }, spec: { hostNetwork: true } }))).toMatchObject({
      ...{
        name: 'a',
        nodeName: null,
        serviceAccount: 'default',
        phase: 'Unknown',
        isHostNetwork: true,
        containers: [],
      },
    });
    expect(podOf({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }).isTerminating).toBe(true);
  });

  it('tries running containers, first the one that kubectl would choose', () => {
    const annotations = (name: string) => ({
      ...raw,
      metadata: { ...raw.metadata, annotations: { 'kubectl.kubernetes.io/default-container': name } },
    });
    const pod = podOf(raw);

    expect(containersToTry(raw, pod)).toEqual(['proxy', 'app']);
    expect(containersToTry(annotations('app'), pod)).toEqual(['app', 'proxy']);
    expect(containersToTry(annotations('job'), pod)).toEqual(['proxy', 'app']);
    expect(podPath('shop', 'a')).toBe('/api/v1/namespaces/shop/pods/a');
  });
});
