import { describe, expect, it } from 'vitest';
import { tunnelInterfaces } from '../../../src/diagnosis/checks/tunnel-interfaces.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { healthy, said } from '../../helpers/healthy-evidence.ts';

const acrossNodes = [
  { to: 'fd00:10:244::4c', device: 'vxlan-v6.calico', gateway: 'fd00:10:244::40', source: null, problem: null },
];
const down = healthy.nodeLinks.map((link) => (link.name === 'vxlan-v6.calico' ? { ...link, isUp: false } : link));
const addressless = healthy.nodeAddresses.filter(({ device }) => device !== 'vxlan-v6.calico');

describe('diagnosis/checks/tunnel-interfaces', () => {
  it.each`
    situation                                          | changes                                                               | outcome
    ${'a destination outside'}                         | ${{}}                                                                 | ${'not-applicable'}
    ${'a destination outside and a tunnel down'}       | ${{ nodeLinks: down }}                                                | ${'not-applicable'}
    ${'no tunnel at all'}                              | ${{ nodeLinks: [] }}                                                  | ${'not-applicable'}
    ${'a pod of another node'}                         | ${{ nodeDestinationRoutes: acrossNodes }}                             | ${'pass'}
    ${'a pod of another node and the tunnel down'}     | ${{ nodeDestinationRoutes: acrossNodes, nodeLinks: down }}            | ${'inconclusive'}
    ${'a pod of another node, tunnel without address'} | ${{ nodeDestinationRoutes: acrossNodes, nodeAddresses: addressless }} | ${'inconclusive'}
    ${'no look-up of the destinations'}                | ${{ nodeDestinationRoutes: failed('TIMED_OUT', '') }}                 | ${'inconclusive'}
    ${'no listing of interfaces'}                      | ${{ nodeLinks: failed('TIMED_OUT', '') }}                             | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(tunnelInterfaces, changes).outcome).toBe(outcome);
  });

  it('says which tunnels carry IPv6, and that calico-ipip is none', () => {
    const { facts } = said(tunnelInterfaces);

    expect(facts).toContain('tunl0 mtu 1480 up: IPIP carries IPv4 only');
    expect(facts).toContain('vxlan-v6.calico mtu 1430 up fd00:10:244::1: for IPv6 between nodes only');
    expect(facts.join()).toContain('calico-ipip is not a device');
  });

  it('can name no cause, so that a tunnel is never blamed for the outside', () => {
    expect(tunnelInterfaces.causes).toEqual([]);
  });
});
