import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Decision } from './lifecycle.ts';

/** What a person decided: this manifest, by this person, until then, and for this remediation alone. */
export interface DecidedWords {
  readonly id: string;
  readonly approver: string;
  readonly manifestHash: string;
  readonly expiresAt: string;
}

function signatureOf(key: string, { id, approver, manifestHash, expiresAt }: DecidedWords): Buffer {
  // JSON keeps the fields apart, so that no two decisions share a text.
  const words = JSON.stringify(['ipv6check decision v1', id, approver, manifestHash, expiresAt]);
  return createHmac('sha256', key).update(words).digest();
}

export function signDecision(key: string, words: DecidedWords): Decision {
  const { approver, manifestHash, expiresAt } = words;
  return { approver, manifestHash, expiresAt, signature: signatureOf(key, words).toString('hex') };
}

export function verifyDecision(key: string, id: string, decision: Decision): boolean {
  const given = Buffer.from(decision.signature, 'hex');
  const expected = signatureOf(key, { id, ...decision });
  return given.length === expected.length && timingSafeEqual(given, expected);
}
