import { describe, expect, it } from 'vitest';
import { siblingView } from '../../../src/diagnosis/checks/sibling-view.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { healthy, said } from '../../helpers/healthy-evidence.ts';

const sibling = (connected: number, more: object = {}) => ({
  sibling: {
    ...{ pod: 'shop/cart-1', node: 'node-1', isSameNode: true, isSameWorkload: false, attempts: 6, connected },
    ...more,
  },
});

describe('diagnosis/checks/sibling-view', () => {
  it.each`
    situation                            | changes                                                            | outcome
    ${'nobody else asked'}               | ${{ sibling: failed('NOT_ATTEMPTED', 'not needed') }}              | ${'not-applicable'}
    ${'one that tried nothing'}          | ${sibling(0, { attempts: 0 })}                                     | ${'not-applicable'}
    ${'one that connects'}               | ${sibling(6)}                                                      | ${'pass'}
    ${'one that connects half the time'} | ${sibling(3)}                                                      | ${'fail'}
    ${'one that fails as well'}          | ${sibling(0)}                                                      | ${'fail'}
    ${'a pod in its node’s network'}     | ${{ ...sibling(6), pod: { ...healthy.pod, isHostNetwork: true } }} | ${'not-applicable'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(siblingView, changes).outcome).toBe(outcome);
  });

  it('says how near the other pod is, and what that shows', () => {
    expect(said(siblingView, sibling(6)).summary).toContain('so the node and the network beyond it carry IPv6');
    expect(said(siblingView, sibling(6, { isSameNode: false, node: 'node-2', isSameWorkload: true })).summary).toMatch(
      /of the same workload on node node-2 connects, so the network outside carries IPv6/,
    );
  });
});
