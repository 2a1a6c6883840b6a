import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../lab/contract.ts';
import { counted, ended, faultsOf, isFaultless, overrunOf, type RunCount } from '../../../scripts/chaos/count.ts';
import { progressReply } from '../../../src/slack/views/progress.ts';
import { aRemediation } from '../../helpers/builders.ts';

const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const end = new Date('2026-01-05T10:30:00Z');
const entry = (verb: AuditEntry['verb'], code: number, over: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ at: end.toISOString(), user: 'writer', userAgent: 'ipv6check', verb, path: policies, code },
  ...over,
});
const late = (seconds: number) => entry('delete', 200, { at: new Date(end.getTime() + seconds * 1_000).toISOString() });
const aRun = (over: Partial<RunCount> = {}): RunCount => ({
  ...{ audit: [entry('create', 201), late(1)], end, stands: false, isOpen: false, isWhole: true },
  ...{ kills: [], missed: [], isByReaper: false, problem: null, thread: '' },
  ...over,
});

describe('scripts/chaos/count', () => {
  it.each`
    what                              | over                                                                | fault
    ${'what stands after its end'}    | ${{ stands: true }}                                                 | ${'leaked'}
    ${'a way that is still open'}     | ${{ isOpen: true }}                                                 | ${'leaked'}
    ${'an end 91 s late'}             | ${{ audit: [late(91)] }}                                            | ${'leaked'}
    ${'a reaper 151 s late'}          | ${{ audit: [late(151)], isByReaper: true }}                         | ${'leaked'}
    ${'two objects'}                  | ${{ audit: [entry('create', 201), entry('create', 201), late(1)] }} | ${'appliedTwice'}
    ${'a loop that came to no end'}   | ${{ problem: 'the proof: not within 90000 ms' }}                    | ${'lost'}
    ${'a trail that does not verify'} | ${{ isWhole: false }}                                               | ${'auditBroken'}
  `('counts $what as $fault, and as nothing else', ({ over, fault }) => {
    const wrong = Object.entries(faultsOf(aRun(over))).filter(([, is]) => is);

    expect(wrong).toEqual([[fault, true]]);
    expect(isFaultless(aRun(over))).toBe(false);
  });

  it.each`
    what                                    | audit
    ${'a dry run'}                          | ${[entry('create', 201), entry('create', 201, { path: `${policies}?dryRun=All` })]}
    ${'a create that was refused'}          | ${[entry('create', 201), entry('create', 409)]}
    ${'a create that never had its effect'} | ${[entry('create', 201), entry('create', 0)]}
    ${'another kind of object'}             | ${[entry('create', 201), entry('create', 201, { path: '/api/v1/namespaces/shop/events' })]}
    ${'a reaper 149 s late'}                | ${[late(149)]}
  `('does not count $what', ({ audit }) => {
    expect(isFaultless(aRun({ audit, isByReaper: true }))).toBe(true);
  });

  it.each`
    what                           | audit                              | end     | seconds
    ${'in time'}                   | ${[late(-20)]}                     | ${end}  | ${0}
    ${'by the last deletion'}      | ${[late(2), late(7)]}              | ${end}  | ${7}
    ${'by no refused deletion'}    | ${[late(2), entry('delete', 500)]} | ${end}  | ${2}
    ${'nothing without an object'} | ${[late(9)]}                       | ${null} | ${0}
  `('tells how late an end was: $what', ({ audit, end: written, seconds }) => {
    expect(overrunOf({ audit, end: written })).toBe(seconds);
  });

  it('adds the runs up, with every point that there is', () => {
    const runs = [aRun({ kills: ['a', 'b'] }), aRun({ kills: ['a'], audit: [late(3.14)] }), aRun({ problem: 'x' })];

    expect(counted(runs, ['a', 'b', 'c'])).toEqual({
      ...{ runs: 3, leaked: 0, appliedTwice: 0, lost: 1, auditBroken: 0, maxOverrunS: 3.1 },
      killsByPoint: { a: 2, b: 1, c: 0 },
    });
  });

  it('takes the words of an end for one, and no others', () => {
    const kinds = [
      'applied',
      'active',
      'expired',
      'revoked',
      'stuck',
      'still-open',
      'reverted',
      'refused',
      'failed',
    ] as const;

    expect(kinds.filter((kind) => ended.test(progressReply(aRemediation(), kind).text))).toEqual([
      ...['reverted', 'refused', 'failed'],
    ]);
  });
});
