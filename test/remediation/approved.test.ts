import { describe, expect, it } from 'vitest';
import { approvedManifest, isObjectOf } from '../../src/remediation/approved.ts';
import { aRemediation } from '../helpers/builders.ts';

const approved = aRemediation({
  expiresAt: '2026-01-05T10:30:00.123Z',
  decision: { approver: 'U2', manifestHash: 'hash', expiresAt: '2026-01-05T10:30:00.123Z', signature: '00' },
});

describe('remediation/approved', () => {
  it('writes onto the manifest who approved it and when it ends, and keeps what stands there', () => {
    const { metadata } = approved.manifest;
    const manifest = { ...approved.manifest, metadata: { ...metadata, annotations: { 'ipv6check.dev/request': 'r' } } };

    expect(approvedManifest({ ...approved, manifest }).metadata.annotations).toEqual({
      'ipv6check.dev/request': 'r',
      'ipv6check.dev/expires-at': '2026-01-05T10:30:00Z',
      'ipv6check.dev/approved-by': 'U2',
      'ipv6check.dev/manifest-hash': 'hash',
      'ipv6check.dev/record': expect.stringContaining(approved.id),
    });
  });

  it('makes nothing of a record that nobody approved', () => {
    expect(() => approvedManifest(aRemediation())).toThrow('approved');
  });

  it('knows its own object by id and hash, and takes neither alone for enough', () => {
    const object = approvedManifest(approved);

    expect(isObjectOf(approved, object)).toBe(true);
    expect(isObjectOf({ ...approved, manifestHash: 'another' }, object)).toBe(false);
    expect(isObjectOf({ ...approved, id: 'another' }, object)).toBe(false);
    expect(isObjectOf(approved, approved.manifest)).toBe(false);
  });
});
