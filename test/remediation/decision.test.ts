import { describe, expect, it } from 'vitest';
import { signDecision, verifyDecision } from '../../src/remediation/decision.ts';

const key = 'a key of at least thirty-two characters';
const words = { id: 'r1', approver: 'U1', manifestHash: 'abc', expiresAt: '2026-01-05T10:30:00.000Z' };

describe('remediation/decision', () => {
  it('accepts what was signed under the same key for the same remediation', () => {
    expect(verifyDecision(key, 'r1', signDecision(key, words))).toBe(true);
  });

  it.each`
    what               | change
    ${'approver'}      | ${{ approver: 'U2' }}
    ${'manifest hash'} | ${{ manifestHash: 'abd' }}
    ${'expiry'}        | ${{ expiresAt: '2026-01-05T11:30:00.000Z' }}
    ${'signature'}     | ${{ signature: '00'.repeat(32) }}
    ${'cut signature'} | ${{ signature: '' }}
    ${'odd signature'} | ${{ signature: 'not hexadecimal' }}
  `('refuses another $what', ({ change }) => {
    expect(verifyDecision(key, 'r1', { ...signDecision(key, words), ...change })).toBe(false);
  });

  it('refuses another remediation and another key', () => {
    const decision = signDecision(key, words);

    expect(verifyDecision(key, 'r2', decision)).toBe(false);
    expect(verifyDecision(`${key}.`, 'r1', decision)).toBe(false);
  });

  it('keeps fields apart: moving a character from one to the next is another decision', () => {
    const decision = signDecision(key, { ...words, approver: 'U1a', manifestHash: 'bc' });

    expect(verifyDecision(key, 'r1', { ...decision, approver: 'U1', manifestHash: 'abc' })).toBe(false);
  });
});
