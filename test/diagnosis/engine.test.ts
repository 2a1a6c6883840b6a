import { describe, expect, it } from 'vitest';
import { defineCheck, type RegisteredCheck } from '../../src/diagnosis/check.ts';
import { runChecks } from '../../src/diagnosis/engine.ts';
import { failed, observed } from '../../src/evidence/observation.ts';
import { bagWith, healthy } from '../helpers/healthy-evidence.ts';

function check(more: Partial<RegisteredCheck> = {}): RegisteredCheck {
  const plain = defineCheck({
    id: 'sample',
    stage: 'forwarding',
    title: 'It works',
    failureTitle: 'It does not work',
    needs: ['nodeSysctls', 'nodeRoutes'],
    mayUse: ['nodeCounters'],
    causes: [],
    evaluate: () => ({ outcome: 'pass', summary: 'Seen.', facts: ['a fact'] }),
  });
  return { ...plain, ...more };
}

describe('diagnosis/engine', () => {
  it('gives a check what it declared and nothing else', () => {
    let given: unknown;
    const curious = check({
      evaluate: (evidence, extra) => {
        given = { evidence: Object.keys(evidence), extra: Object.keys(extra) };
        return { outcome: 'pass', summary: '', facts: [] };
      },
    });

    runChecks([curious], bagWith());

    expect(given).toEqual({ evidence: ['nodeSysctls', 'nodeRoutes'], extra: ['nodeCounters'] });
  });

  it('is unknown without a need, and lists each gap with its reason', () => {
    const bag = { nodeSysctls: failed('TIMED_OUT', 'no answer within 9 s') };

    const [judged] = runChecks([check()], bag);

    expect(judged!.finding).toMatchObject({
      outcome: 'unknown',
      title: 'It works',
      facts: ['nodeSysctls: no answer within 9 s (TIMED_OUT)', 'nodeRoutes: nothing looked at it (NOT_ATTEMPTED)'],
      fix: null,
    });
    expect(judged!.judgement).toBeNull();
  });

  it('judges without an extra, which arrives as a failure', () => {
    let status: string | undefined;
    const sharp = check({
      evaluate: (_, { nodeCounters }) => {
        status = nodeCounters?.status;
        return { outcome: 'pass', summary: '', facts: [] };
      },
    });

    runChecks([sharp], { nodeSysctls: observed({}, 'test'), nodeRoutes: observed([], 'test') });

    expect(status).toBe('failed');
  });

  it('keeps a crash to its own finding', () => {
    const broken = check({
      evaluate: () => {
        throw new TypeError('cannot read it');
      },
    });

    const [first, second] = runChecks([broken, check()], bagWith());

    expect(first!.finding).toMatchObject({ outcome: 'crashed', title: 'It works' });
    expect(first!.finding.summary).toContain('cannot read it');
    expect(second!.finding.outcome).toBe('pass');
  });

  it('asks for an exemption before it misses anything', () => {
    const exempt = check({ exempts: () => 'It does not concern this pod.' });

    const [judged] = runChecks([exempt], { pod: observed(healthy.pod, 'test') });

    expect(judged!.finding).toMatchObject({ outcome: 'not-applicable', summary: 'It does not concern this pod.' });
  });

  it('cannot exempt a pod that nobody read', () => {
    const exempt = check({ exempts: () => 'It does not concern this pod.' });

    expect(runChecks([exempt], { pod: failed('READ_REFUSED', 'forbidden') })[0]!.finding.outcome).toBe('unknown');
  });

  it('titles a failure by what is wrong, and hands its repair on', () => {
    const failing = check({
      evaluate: () => ({
        outcome: 'fail',
        cause: 'host-forwarding-disabled',
        confidence: 'certain',
        ruledOut: [],
        neighbours: [],
        isDeciding: false,
        summary: 'Off.',
        facts: [],
        fix: 'switch it on',
      }),
    });

    expect(runChecks([failing], bagWith())[0]!.finding).toMatchObject({
      outcome: 'fail',
      title: 'It does not work',
      fix: 'switch it on',
    });
  });
});

defineCheck({
  id: 'undeclared',
  stage: 'forwarding',
  title: '',
  failureTitle: '',
  needs: ['nodeSysctls'],
  mayUse: ['nodeCounters'],
  causes: [],
  // @ts-expect-error nodeRoutes is not in needs
  evaluate: ({ nodeRoutes }) => ({ outcome: 'pass', summary: String(nodeRoutes), facts: [] }),
});

defineCheck({
  id: 'undeclared-extra',
  stage: 'forwarding',
  title: '',
  failureTitle: '',
  needs: ['nodeSysctls'],
  mayUse: ['nodeCounters'],
  causes: [],
  // @ts-expect-error podCounters is not in mayUse
  evaluate: (_, { podCounters }) => ({ outcome: 'pass', summary: String(podCounters), facts: [] }),
});
