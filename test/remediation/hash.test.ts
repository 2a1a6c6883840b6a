import { describe, expect, it } from 'vitest';
import { manifestHash } from '../../src/remediation/hash.ts';
import { manifestFor, type Wish } from '../../src/remediation/manifest.ts';

const wish: Wish = {
  id: 'r0123456789abcdefghi',
  namespace: 'shop',
  matchLabels: { app: 'checkout' },
  matchExpressions: [],
  requestedBy: 'U1',
  requestId: '0c0b1a2e-0000-4000-8000-000000000000',
  expiresAt: new Date('2026-01-12T09:00:00.500Z'),
  exclusions: [],
  only: null,
};
const manifest = manifestFor('network-policy', wish);

describe('remediation/hash', () => {
  it('hashes what is approved, whatever the order of its fields, and not when or by whom', () => {
    const turned = {
      spec: manifest.spec,
      metadata: { ...Object.fromEntries(Object.entries(manifest.metadata).reverse()), name: manifest.metadata.name },
      kind: manifest.kind,
      apiVersion: manifest.apiVersion,
    };
    const later = {
      ...manifest,
      metadata: { ...manifest.metadata, annotations: { 'ipv6check.dev/approved-by': 'U2' } },
    };
    const wider = { ...manifest, spec: { podSelector: {} } };

    expect(manifestHash(turned)).toBe(manifestHash(manifest));
    expect(manifestHash(later)).toBe(manifestHash(manifest));
    expect(manifestHash(wider)).not.toBe(manifestHash(manifest));
  });

  it('is the same for the same labels in another order', () => {
    const matchLabels = { app: 'checkout', tier: 'web' };
    const turned = { tier: 'web', app: 'checkout' };

    for (const layer of ['calico-tier', 'network-policy', 'cluster-network-policy'] as const) {
      const hashes = [matchLabels, turned].map((each) =>
        manifestHash(manifestFor(layer, { ...wish, matchLabels: each })),
      );
      expect(hashes[0]).toBe(hashes[1]);
    }
  });

  it('is the same whoever owns the object: the owner is no part of what was approved', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout', uid: 'uid-1' };

    expect(manifestHash(manifestFor('network-policy', { ...wish, owner }))).toBe(manifestHash(manifest));
  });
});
