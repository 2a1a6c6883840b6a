import { describe, expect, it } from 'vitest';
import { podEgress } from '../../../src/diagnosis/checks/pod-egress.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, anchors4, connects, said } from '../../helpers/healthy-evidence.ts';

describe('diagnosis/checks/pod-egress', () => {
  it.each`
    situation                                | podConnects                                                              | outcome
    ${'every attempt connected'}             | ${connects(anchors, 'connected')}                                        | ${'pass'}
    ${'IPv4 failing beside it'}              | ${[...connects(anchors, 'connected'), ...connects(anchors4, 'TIMEOUT')]} | ${'pass'}
    ${'one attempt lost'}                    | ${connects(anchors, 'connected', 'TIMEOUT', 'connected')}                | ${'fail'}
    ${'none connected'}                      | ${connects(anchors, 'TIMEOUT')}                                          | ${'fail'}
    ${'one of two destinations never tried'} | ${connects(anchors.slice(0, 1), 'connected')}                            | ${'inconclusive'}
    ${'only IPv4 tried'}                     | ${connects(anchors4, 'connected')}                                       | ${'inconclusive'}
    ${'nothing tried'}                       | ${failed('TOOL_MISSING', 'no tool to connect with')}                     | ${'unknown'}
  `('$outcome with $situation', ({ podConnects, outcome }) => {
    expect(said(podEgress, { podConnects }).outcome).toBe(outcome);
  });

  it('is a symptom and names no cause', () => {
    expect(said(podEgress, { podConnects: connects(anchors, 'TIMEOUT') }).judgement).toMatchObject({ cause: null });
  });

  it('counts a flaky path', () => {
    const { summary, facts } = said(podEgress, {
      podConnects: connects(anchors, 'connected', 'TIMEOUT', 'TIMEOUT', 'connected', 'TIMEOUT', 'TIMEOUT'),
    });

    expect(summary).toBe('IPv6 is intermittent 2/6: some attempts connect and some do not.');
    expect(facts).toContain('[2001:4860:4860::8888]:443 intermittent 1/3 connected (TIMEOUT)');
  });
});
