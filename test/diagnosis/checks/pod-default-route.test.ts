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

  const lookup = (more: object) => healthy.podDestinationRoutes.map((each) => ({ ...each, ...more }));
  const refused = { device: null, gateway: null, source: null, problem: 'No route to host' };
  const second = route('default', { gateway: 'fd77::1', device: 'net1' });

  it.each`
    situation                                        | changes                                                                                              | outcome
    ${'a rule that leads elsewhere'}                 | ${{ podDestinationRoutes: lookup(refused) }}                                                         | ${'fail'}
    ${'another interface that took it over'}         | ${{ podRoutes: [second], podDestinationRoutes: lookup({ device: 'net1' }) }}                         | ${'fail'}
    ${'the same, in an image without ip'}            | ${{ podRoutes: [second], podDestinationRoutes: failed('TOOL_MISSING', 'ip') }}                       | ${'fail'}
    ${'two defaults, in an image without ip'}        | ${{ podRoutes: [second, ...healthy.podRoutes], podDestinationRoutes: failed('TOOL_MISSING', 'ip') }} | ${'pass'}
    ${'one destination of two that leads elsewhere'} | ${{ podDestinationRoutes: [...lookup({}).slice(0, 1), ...lookup(refused).slice(1)] }}                | ${'pass'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(podDefaultRoute, changes).outcome).toBe(outcome);
  });

  it('says what the kernel answers where a default is listed and not used', () => {
    const finding = said(podDefaultRoute, { podDestinationRoutes: lookup(refused) });

    expect(finding.judgement).toMatchObject({ cause: 'pod-no-default-v6-route', confidence: 'certain' });
    expect(finding.summary).toContain('No route to host');
  });
});
