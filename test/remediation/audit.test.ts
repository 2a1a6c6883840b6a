import { describe, expect, it } from 'vitest';
import { type AuditEntry, type AuditWords, chained, verifyChain } from '../../src/remediation/audit.ts';

const at = new Date('2026-01-05T10:00:00Z');
const words = (action: string): AuditWords => ({
  ...{ kind: 'decision', action, actor: 'U0APPROVER', cluster: 'prod', remediationId: 'r1', note: '' },
  ...{ before: 'proposed', after: 'approved', manifestHash: 'h', object: null },
});
const trail = (...actions: readonly string[]): AuditEntry[] => {
  const entries: AuditEntry[] = [];
  for (const action of actions) entries.push(chained(words(action), entries.at(-1) ?? null, at));
  return entries;
};
const four = trail('propose', 'approve', 'applied', 'revoke');

describe('remediation/audit', () => {
  it('accepts what was written, from nothing to many', () => {
    expect(verifyChain([])).toEqual({ ok: true, entries: 0 });
    expect(verifyChain(four)).toEqual({ ok: true, entries: 4 });
  });

  it.each<[string, (entries: AuditEntry[]) => unknown[], number, string]>([
    ['an actor that was changed', ([a, b, ...c]) => [a, { ...b!, actor: 'U0OTHER' }, ...c], 2, 'was changed'],
    ['a time that was changed', ([a, ...b]) => [{ ...a!, at: '2026-01-05T11:00:00.000Z' }, ...b], 1, 'was changed'],
    ['an entry that was left out', ([a, , ...c]) => [a, ...c], 2, 'missing'],
    ['the first that was left out', ([, ...b]) => b, 1, 'missing'],
    ['entries in another order', ([a, b, c, d]) => [a, c, b, d], 2, 'missing'],
    ['an entry put in twice', ([a, b, ...c]) => [a, b, b, ...c], 3, 'missing'],
    ['an entry with another hash', ([a, ...b]) => [{ ...a!, hash: 'f'.repeat(64) }, ...b], 1, 'was changed'],
    ['an entry that cannot be read', ([a, ...b]) => [a, null, ...b], 2, 'cannot be read'],
    ['an entry with one field more', ([a, ...b]) => [a, { ...b[0], extra: 1 }, ...b.slice(1)], 2, 'cannot be read'],
  ])('finds %s', (_, tamper, seq, why) => {
    expect(verifyChain(tamper(four))).toMatchObject({ ok: false, seq, why: expect.stringContaining(why) });
  });

  it('finds a history that was rewritten from some point on', () => {
    const rewritten = [four[0]!, four[1]!, chained(words('keep'), four[0]!, at)];

    expect(verifyChain(rewritten)).toMatchObject({ ok: false, seq: 3 });
  });
});
