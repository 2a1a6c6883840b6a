import { describe, expect, it } from 'vitest';
import { listOf, pruned, recordOf, textsOf } from '../../../workers/reads/prune.ts';

const token = 'tok-planted';
const raw = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'NetworkPolicy',
  metadata: {
    ...{ name: 'a', namespace: 'shop', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z', resourceVersion: '5' },
    labels: { app: 'a' },
    annotations: {
      'ipv6check.dev/expires-at': '2026-01-01T01:00:00Z',
      'kubectl.kubernetes.io/last-applied-configuration': token,
      'x-ipv6check.dev/token': token,
    },
    managedFields: [{ manager: token }],
    ownerReferences: [{ name: token }],
  },
  spec: { selector: 'all()' },
  status: { message: token },
  data: { password: token },
};

describe('workers/reads/prune', () => {
  it('keeps names, labels and our own annotations', () => {
    const kept = pruned(raw);

    expect(kept).toEqual({
      ...{ apiVersion: 'projectcalico.org/v3', kind: 'NetworkPolicy' },
      metadata: {
        ...{ name: 'a', namespace: 'shop', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
        labels: { app: 'a' },
        annotations: { 'ipv6check.dev/expires-at': '2026-01-01T01:00:00Z' },
      },
    });
    expect(JSON.stringify(pruned(raw, ['spec']))).not.toContain(token);
  });

  it('keeps a spec only where it is asked for', () => {
    expect(pruned(raw, ['spec']).spec).toEqual({ selector: 'all()' });
    expect(pruned({ ...raw, spec: undefined }, ['spec'])).not.toHaveProperty('spec');
  });

  it('reads an object without anything', () => {
    expect(pruned({})).toEqual({ apiVersion: '', kind: '', metadata: { name: '', labels: {} } });
    expect(pruned({ metadata: [], labels: 5 }).metadata).toEqual({ name: '', labels: {} });
  });

  it('takes nothing for what it is not', () => {
    expect([recordOf(null), recordOf([1]), recordOf('a')]).toEqual([{}, {}, {}]);
    expect([listOf({}), listOf([5, { a: 1 }])]).toEqual([[], [{}, { a: 1 }]]);
    expect(textsOf({ a: 'x', b: 5, c: null })).toEqual({ a: 'x' });
  });
});
