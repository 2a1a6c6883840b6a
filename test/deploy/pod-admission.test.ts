import { describe, expect, it } from 'vitest';
import { nodeScript } from '../../workers/probes/scripts.ts';
import { type AdmissionRequest, judge } from '../helpers/admission.ts';
import { helm, leastValues, namespace, render } from '../helpers/chart.ts';
import {
  debugImage,
  debugPod,
  ephemeral,
  podIn,
  probeImage,
  wrongDebugPods,
  wrongEphemerals,
} from '../helpers/pod-cases.ts';

const chart = helm.isThere
  ? render({
      ...leastValues,
      ephemeralContainers: { enabled: true, image: probeImage },
      debugPods: { enabled: true, image: debugImage, namespace: 'ipv6check-debug' },
    })
  : [];

function refusalOf(change: Partial<AdmissionRequest>): string | null {
  const user = `system:serviceaccount:${namespace}:ipv6check-prober`;
  const base = { user, operation: 'CREATE', group: '', resource: 'pods', object: null, oldObject: null } as const;
  return judge(chart, { ...base, namespace: 'ipv6check-debug', ...change }).refusal;
}

const added = (home: string, before: readonly (typeof ephemeral)[], after: readonly Record<string, unknown>[]) =>
  refusalOf({
    ...{ operation: 'UPDATE', resource: 'pods/ephemeralcontainers', namespace: home },
    ...{ object: podIn(home, 'p', after), oldObject: podIn(home, 'p', before) },
  });

describe.skipIf(!helm.isThere)(`deploy/pod-admission${helm.note}`, () => {
  it('lets the prober add one container with the probe image, beside those of others', () => {
    const theirs = { name: 'debugger', image: 'their/tools:1', securityContext: { privileged: true } };

    expect(added('shop', [], [ephemeral])).toBeNull();
    expect(added('shop', [theirs as never], [ephemeral, theirs])).toBeNull();
    // Sent twice, which changes nothing.
    expect(added('shop', [ephemeral], [ephemeral])).toBeNull();
  });

  it.each(Object.entries(wrongEphemerals))('refuses a container with %s', (_, container) => {
    expect(added('shop', [], [container])).toMatch(/probe image, no rights/);
  });

  it('refuses a second one, and any in a system namespace', () => {
    expect(added('shop', [ephemeral], [ephemeral, { ...ephemeral, name: 'ipv6check-again' }])).toMatch(/at most one/);
    expect(added('kube-system', [], [ephemeral])).toMatch(/system namespace/);
  });

  it('lets the prober make and remove a debug pod', () => {
    expect(refusalOf({ object: debugPod('ipv6check-debug') })).toBeNull();
    expect(refusalOf({ operation: 'DELETE', oldObject: debugPod('ipv6check-debug') })).toBeNull();
  });

  it.each(Object.entries(wrongDebugPods))('refuses a debug pod with %s', (_, change) => {
    // As JSON carries it: what is undefined is not there.
    const object = JSON.parse(JSON.stringify(debugPod('ipv6check-debug', change))) as unknown;

    expect(refusalOf({ object })).toMatch(/a debug pod (ends by itself|has one container)/);
  });

  it('lets it neither make one elsewhere nor remove what is somebody else’s', () => {
    expect(refusalOf({ namespace: 'shop', object: debugPod('shop') })).toMatch(/in its own namespace/);
    expect(refusalOf({ object: debugPod('ipv6check-debug', {}, {}) })).toMatch(/bears the label/);
    const theirs = debugPod('ipv6check-debug', {}, { 'app.kubernetes.io/managed-by': 'them' });
    expect(refusalOf({ operation: 'DELETE', oldObject: theirs })).toMatch(/may not delete/);
  });

  it('lets the node’s script run in a debug pod', () => {
    const command = ['sh', '-c', nodeScript, 'ipv6check', '0123456789abcdef01', '4', '20', '-'];
    const object = { stdout: true, container: 'debug', command };
    const asked = { operation: 'CONNECT', resource: 'pods/exec', object } as const;

    expect(refusalOf(asked)).toBeNull();
    expect(refusalOf({ ...asked, namespace: 'shop' })).toMatch(/calico-node/);
  });
});
