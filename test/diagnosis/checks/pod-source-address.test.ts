import { describe, expect, it } from 'vitest';
import { podSourceAddress } from '../../../src/diagnosis/checks/pod-source-address.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { address, anchors, connects, healthy, podAddress, said } from '../../helpers/healthy-evidence.ts';

const stranger = 'fd66:6:6::6';
const lookups = (source: string | null) => healthy.podDestinationRoutes.map((each) => ({ ...each, source }));
const both = [...healthy.podAddresses, address(stranger, 'eth0')];
const shunned = both.map((each) => (each.address === podAddress ? { ...each, flags: ['deprecated' as const] } : each));
const lost = { podConnects: connects(anchors, 'TIMEOUT') };
const rule = { backend: 'nft' as const, table: 'raw', chain: 'cali-PREROUTING', rule: '-m rpfilter --invert -j DROP' };
const filtered = (rise: number) => ({
  nodeFilterRules: { before: [{ ...rule, packets: 1 }], after: [{ ...rule, packets: 1 + rise }] },
});
const unasked = { podDestinationRoutes: failed('TOOL_MISSING', 'ip') };
const allowed = {
  ...healthy.pod,
  annotations: { ...healthy.pod.annotations, 'cni.projectcalico.org/allowedSourcePrefixes': '["fd66:6:6::/64"]' },
};

describe('diagnosis/checks/pod-source-address', () => {
  it.each`
    situation                                        | changes                                                                          | outcome
    ${'its own address'}                             | ${{}}                                                                            | ${'pass'}
    ${'its own address beside another'}              | ${{ podAddresses: both }}                                                        | ${'pass'}
    ${'another address'}                             | ${{ podAddresses: both, podDestinationRoutes: lookups(stranger) }}               | ${'fail'}
    ${'another that it may send from'}               | ${{ pod: allowed, podAddresses: both, podDestinationRoutes: lookups(stranger) }} | ${'pass'}
    ${'an answer that names no source'}              | ${{ podDestinationRoutes: lookups(null) }}                                       | ${'pass'}
    ${'nobody asked, and one address'}               | ${unasked}                                                                       | ${'pass'}
    ${'nobody asked, and two'}                       | ${{ ...unasked, podAddresses: both }}                                            | ${'inconclusive'}
    ${'nobody asked, and its own deprecated'}        | ${{ ...unasked, podAddresses: shunned }}                                         | ${'fail'}
    ${'nobody asked, two, and a filter that counts'} | ${{ ...unasked, ...lost, ...filtered(6), podAddresses: both }}                   | ${'fail'}
    ${'no look into the pod'}                        | ${{ podAddresses: failed('EXEC_REFUSED', 'no') }}                                | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(podSourceAddress, changes).outcome).toBe(outcome);
  });

  it('is certain of what the kernel says, and decides where the filter counts what the pod lost', () => {
    const scene = { ...lost, podAddresses: both, podDestinationRoutes: lookups(stranger) };
    const cause = 'pod-source-not-wep-address';

    expect(said(podSourceAddress, { ...scene, ...filtered(6) }).judgement).toMatchObject({
      ...{ cause, confidence: 'certain', isDeciding: true },
    });
    expect(said(podSourceAddress, { ...scene, ...filtered(5) }).judgement).toMatchObject({ cause, isDeciding: false });
    expect(said(podSourceAddress, { ...scene, ...unasked, podAddresses: shunned }).judgement).toMatchObject({
      ...{ cause, confidence: 'likely' },
    });
    expect(said(podSourceAddress, scene).fix).toContain(stranger);
  });

  it('does not swear to an address of another interface, where the way is what is wrong', () => {
    const podDestinationRoutes = lookups(stranger).map((each) => ({ ...each, device: 'net1' }));

    expect(said(podSourceAddress, { ...lost, podDestinationRoutes }).judgement).toMatchObject({
      ...{ confidence: 'likely', neighbours: expect.arrayContaining(['pod-no-default-v6-route']) },
    });
  });
});
