import { describe, expect, it } from 'vitest';
import { expiryOf, isOurs, manifestFor, type Wish } from '../../src/remediation/manifest.ts';

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

describe('remediation/manifest', () => {
  it('knows its own by name and label together', () => {
    expect(isOurs(manifest)).toBe(true);
    expect(isOurs({ ...manifest, metadata: { ...manifest.metadata, name: 'somebody-elses' } })).toBe(false);
    expect(isOurs({ ...manifest, metadata: { ...manifest.metadata, labels: {} } })).toBe(false);
  });

  it.each`
    expiresAt                      | born                      | ends
    ${'2026-01-12T09:00:00Z'}      | ${'2026-01-12T08:00:00Z'} | ${new Date('2026-01-12T09:00:00Z')}
    ${'2026-01-12T13:00:01Z'}      | ${'2026-01-12T09:00:00Z'} | ${'expired'}
    ${'soon'}                      | ${'2026-01-12T08:00:00Z'} | ${'expired'}
    ${'2026-01-12T09:00:00+02:00'} | ${'2026-01-12T08:00:00Z'} | ${'expired'}
    ${undefined}                   | ${'2026-01-12T08:00:00Z'} | ${'expired'}
  `('ends at $ends when it says $expiresAt and was born $born', ({ expiresAt, born, ends }) => {
    const object = {
      ...manifest,
      metadata: {
        ...manifest.metadata,
        creationTimestamp: born,
        annotations: expiresAt ? { 'ipv6check.dev/expires-at': expiresAt } : {},
      },
    };

    expect(expiryOf(object, 240)).toEqual(ends);
  });

  it('says until when, for whom and on whose request', () => {
    expect(manifest.metadata).toMatchObject({
      name: 'ipv6check-r0123456789abcdefghi',
      labels: {
        'app.kubernetes.io/managed-by': 'ipv6check',
        'ipv6check.dev/remediation': 'r0123456789abcdefghi',
      },
      annotations: {
        'ipv6check.dev/expires-at': '2026-01-12T09:00:00Z',
        'ipv6check.dev/requested-by': 'U1',
        'ipv6check.dev/request': wish.requestId,
      },
    });
  });

  it('says every requirement of a label selector in Calico’s words', () => {
    const matchExpressions = [
      { key: 'a', operator: 'In', values: ['x', 'y'] },
      { key: 'b', operator: 'NotIn', values: ['z'] },
      { key: 'c', operator: 'Exists' },
      { key: 'd', operator: 'DoesNotExist' },
    ];

    expect(manifestFor('calico-tier', { ...wish, matchExpressions }).spec).toMatchObject({
      selector: "app == 'checkout' && a in {'x', 'y'} && b not in {'z'} && has(c) && !has(d)",
      egress: [{ action: 'Allow', ipVersion: 6 }],
    });
  });

  it.each`
    layer                       | opens
    ${'calico-tier'}            | ${{ action: 'Allow', ipVersion: 6, protocol: 'TCP', destination: { nets: ['2001:db8::1/128'], ports: [8443] } }}
    ${'cluster-network-policy'} | ${{ name: 'allow-ipv6', action: 'Accept', to: [{ networks: ['2001:db8::1/128'] }] }}
    ${'network-policy'}         | ${{ to: [{ ipBlock: { cidr: '2001:db8::1/128' } }], ports: [{ protocol: 'TCP', port: 8443 }] }}
  `('opens one destination alone on $layer', ({ layer, opens }) => {
    const only = [{ address: '2001:db8::1', port: 8443 }];

    expect(manifestFor(layer, { ...wish, exclusions: ['fe80::/10'], only }).spec).toMatchObject({ egress: [opens] });
  });

  it.each`
    layer                       | owners
    ${'calico-tier'}            | ${1}
    ${'network-policy'}         | ${1}
    ${'cluster-network-policy'} | ${0}
  `('dies with its workload on $layer, if that is of a namespace', ({ layer, owners }) => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout', uid: 'uid-1' };
    const { ownerReferences = [] } = manifestFor(layer, { ...wish, owner }).metadata as { ownerReferences?: unknown[] };

    expect(ownerReferences).toEqual(Array(owners).fill(owner));
    expect(manifestFor(layer, { ...wish, owner: null }).metadata.ownerReferences).toBeUndefined();
  });
});
