import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredObject } from '../../src/evidence/objects.ts';
import { approvedManifest } from '../../src/remediation/approved.ts';
import { signDecision } from '../../src/remediation/decision.ts';
import { manifestHash } from '../../src/remediation/hash.ts';
import { keptText, recordAnnotation, recordKeptOn } from '../../src/remediation/kept.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { aRemediation } from '../helpers/builders.ts';

const key = 'the key that bot and writer share, 32+';
const expiresAt = '2026-01-05T10:30:00.000Z';

describe('remediation/kept', () => {
  let approved: Remediation;
  let object: StoredObject;

  beforeEach(() => {
    const proposed = aRemediation({ cardTs: '1700000000.000200', names: { U0ASKER: 'asker' } });
    const hash = manifestHash(proposed.manifest);
    const decision = signDecision(key, { id: proposed.id, approver: 'U0APPROVER', manifestHash: hash, expiresAt });
    approved = { ...proposed, version: 2, state: 'approved', manifestHash: hash, expiresAt, decision };
    object = stored(approvedManifest(approved));
  });

  const stored = (manifest: StoredObject): StoredObject => ({
    ...manifest,
    metadata: { ...manifest.metadata, uid: 'uid-np', creationTimestamp: '2026-01-05T10:00:05Z' },
  });
  const withRecord = (change: (kept: Record<string, unknown>) => unknown): StoredObject => {
    const annotations = { ...(object.metadata.annotations as Record<string, string>) };
    annotations[recordAnnotation] = JSON.stringify(change(JSON.parse(annotations[recordAnnotation]!)));
    return { ...object, metadata: { ...object.metadata, annotations } };
  };

  it('gives back from the object alone what was approved, before anything came of it', () => {
    expect(recordKeptOn(object, key)).toEqual({
      ...approved,
      ...{ version: 0, state: 'approved', objectUid: null },
      log: [{ event: 'approve', by: 'U0APPROVER', at: '2026-01-05T10:00:05.000Z', note: '' }],
    });
  });

  it('takes the end that stands on the object, which an extension may have moved', () => {
    const annotations = {
      ...(object.metadata.annotations as object),
      'ipv6check.dev/expires-at': '2026-01-05T11:00:00Z',
    };

    expect(recordKeptOn({ ...object, metadata: { ...object.metadata, annotations } }, key)?.expiresAt).toBe(
      '2026-01-05T11:00:00.000Z',
    );
  });

  it.each`
    what                                  | change
    ${'another approver'}                 | ${(kept: Remediation) => ({ ...kept, decision: { ...kept.decision, approver: 'U0MALLORY' } })}
    ${'another manifest'}                 | ${(kept: Remediation) => ({ ...kept, manifest: { ...kept.manifest, spec: {} } })}
    ${'another id'}                       | ${(kept: Remediation) => ({ ...kept, id: 'rzzzzzzzzzzzzzzzzzzz' })}
    ${'another hash beside the manifest'} | ${(kept: Remediation) => ({ ...kept, manifestHash: 'x' })}
    ${'no decision'}                      | ${(kept: Remediation) => ({ ...kept, decision: null })}
    ${'a field too many'}                 | ${(kept: Remediation) => ({ ...kept, objectUid: 'x' })}
    ${'nothing'}                          | ${() => null}
  `('makes no record of $what', ({ change }) => {
    expect(recordKeptOn(withRecord(change), key)).toBeNull();
  });

  it.each`
    what             | over
    ${'its name'}    | ${{ name: 'ipv6check-another' }}
    ${'its place'}   | ${{ namespace: 'bank' }}
    ${'its label'}   | ${{ labels: { 'ipv6check.dev/remediation': 'another' } }}
    ${'all it says'} | ${{ annotations: {} }}
    ${'its end'}     | ${{ annotations: { [recordAnnotation]: 'set below' } }}
  `('makes no record of an object that does not match it in $what', ({ over }) => {
    const text = (object.metadata.annotations as Record<string, string>)[recordAnnotation]!;
    const annotations = over.annotations?.[recordAnnotation] ? { [recordAnnotation]: text } : over.annotations;
    const metadata = { ...object.metadata, ...over, ...(annotations ? { annotations } : {}) };

    expect(recordKeptOn({ ...object, metadata }, key)).toBeNull();
  });

  it('believes no other signature than that of its own key', () => {
    expect(recordKeptOn(object, 'another key, of more than 32 characters')).toBeNull();
  });

  it('leaves room on the object for whatever else is written there', () => {
    const pods = Array.from({ length: 5_000 }, (_, index) => `checkout-${'x'.repeat(200)}-${index}`);

    expect(keptText({ ...approved, pods }).length).toBeLessThan(64 * 1024);
  });
});
