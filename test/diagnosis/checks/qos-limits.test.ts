import { describe, expect, it } from 'vitest';
import { qosLimits } from '../../../src/diagnosis/checks/qos-limits.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, healthy, said } from '../../helpers/healthy-evidence.ts';

const limited = {
  pod: {
    ...healthy.pod,
    annotations: { ...healthy.pod.annotations, 'qos.projectcalico.org/egressMaxConnections': '1' },
  },
};
const rule = {
  ...{ backend: 'nft' as const, table: 'filter', chain: 'cali-fw-cali1a2b3c4d5e6' },
  rule: '-m comment --comment "Reject connections over egress connection limit" -j REJECT --reject-with tcp-reset',
};
const risen = (rise: number, chain = rule.chain) => ({
  nodeFilterRules: { before: [{ ...rule, chain, packets: 1 }], after: [{ ...rule, chain, packets: 1 + rise }] },
});
const refused = { podConnects: connects(anchors, 'ECONNREFUSED') };

describe('diagnosis/checks/qos-limits', () => {
  it.each`
    situation                       | changes                                                                       | outcome
    ${'no limit'}                   | ${{ ...refused, ...risen(6) }}                                                | ${'not-applicable'}
    ${'a roomy limit'}              | ${{ ...limited, ...risen(0) }}                                                | ${'pass'}
    ${'a limit that counts for us'} | ${{ ...limited, ...refused, ...risen(6) }}                                    | ${'fail'}
    ${'a limit of another pod'}     | ${{ ...limited, ...refused, ...risen(6, 'cali-fw-cali9999') }}                | ${'pass'}
    ${'packets that all arrive'}    | ${{ ...limited, ...risen(6) }}                                                | ${'pass'}
    ${'counters that nobody read'}  | ${{ ...limited, ...refused, nodeFilterRules: failed('TOOL_MISSING', 'nft') }} | ${'inconclusive'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(qosLimits, changes).outcome).toBe(outcome);
  });

  it('decides where it stopped as many as the pod lost, and says how to lift it', () => {
    const finding = said(qosLimits, { ...limited, ...refused, ...risen(6) });

    expect(finding.judgement).toMatchObject({ cause: 'qos-limit-hit', confidence: 'certain', isDeciding: true });
    expect(finding.fix).toContain('annotate pod checkout-7d9f qos.projectcalico.org/egressMaxConnections-');
    expect(said(qosLimits, { ...limited, ...refused, ...risen(3) }).judgement).toMatchObject({
      ...{ confidence: 'likely', isDeciding: false },
    });
  });
});
