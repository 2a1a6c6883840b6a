import { describe, expect, it } from 'vitest';
import { podDefaultRoute } from '../../../src/diagnosis/checks/pod-default-route.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { gateway, healthy, nullEntry, podAddress, route, said } from '../../helpers/healthy-evidence.ts';

const own = route(podAddress, { protocol: 'kernel', metric: 256 });

describe('diagnosis/checks/pod-default-route', () => {
  it.each`
    situation                         | podRoutes                                                         | outcome
    ${'a gateway'}                    | ${[own, route('default', { gateway }), nullEntry]}                | ${'pass'}
    ${'::/0 spelled as a CIDR'}       | ${[own, route('::/0', { gateway })]}                              | ${'pass'}
    ${"only the kernel's null entry"} | ${[own, nullEntry]}                                               | ${'fail'}
    ${'no routes at all'}             | ${[]}                                                             | ${'fail'}
    ${'an unreachable default'}       | ${[own, route('default', { type: 'unreachable', device: 'lo' })]} | ${'fail'}
  `('$outcome with $situation', ({ podRoutes, outcome }) => {
    expect(said(podDefaultRoute, { podRoutes }).outcome).toBe(outcome);
  });

  it('names the gateway that the node really has in its repair', () => {
    const nodeAddresses = healthy.nodeAddresses.map((each) =>
      each.device.startsWith('cali') ? { ...each, address: 'fe80::1234' } : each,
    );

    const { judgement, fix } = said(podDefaultRoute, { podRoutes: [own], nodeAddresses });

    expect(judgement).toMatchObject({ cause: 'pod-no-default-v6-route', confidence: 'certain', isDeciding: false });
    expect(fix).toContain('default via fe80::1234 dev eth0');
    expect(fix).toContain('kubectl -n shop delete pod checkout-7d9f');
  });

  it('is unknown, with the reason, when the pod could not be looked into', () => {
    const { outcome, facts } = said(podDefaultRoute, {
      podRoutes: failed('TOOL_MISSING', 'no shell in container app'),
    });

    expect(outcome).toBe('unknown');
    expect(facts).toEqual(['podRoutes: no shell in container app (TOOL_MISSING)']);
  });

  it.each`
    pod                                                             | why
    ${{ ...healthy.pod, isHostNetwork: true }}                      | ${/node's network/}
    ${{ ...healthy.pod, podIPs: ['10.244.0.10'], annotations: {} }} | ${/no IPv6 address/}
  `('does not concern a pod for which $why', ({ pod, why }) => {
    const { outcome, summary } = said(podDefaultRoute, { pod, podRoutes: failed('NOT_ATTEMPTED', '') });

    expect(outcome).toBe('not-applicable');
    expect(summary).toMatch(why);
  });
});
