import { describe, expect, it, vi } from 'vitest';
import { dnsEntries } from '../../../../lab/network/faults/dns.ts';
import { connect, inLab, lookUp, subjectOf } from '../probing.ts';

const anchor = '2001:4860:4860::8888';

/** Which addresses the pod is told, and whether it reaches the first of them, or the anchor where there is none. */
const symptoms: Readonly<Record<string, readonly [addresses: readonly string[], connects: string]>> = {
  'dns-no-aaaa': [[], 'open'],
  'dns-no-aaaa--dns64': [['64:ff9b::808:808'], 'Network is unreachable'],
  'aaaa-on-ipv4-only-pod': [[anchor], 'Network is unreachable'],
  'resolver-wrong-family': [[], 'open'],
  'dns-blocked-by-policy': [[], 'open'],
  'dns-blocked-by-policy--calico-deny': [[], 'open'],
};

describe('lab/network/faults/dns', () => {
  it('writes down what each of them looks like', () => {
    expect(Object.keys(symptoms)).toEqual(dnsEntries.map(({ id }) => id));
  });

  it.concurrent.each(dnsEntries)(
    '$id: $how',
    async ({ id }) => {
      const seen = await inLab({ fault: id, seed: 42 }, async (network) => {
        const addresses = await lookUp(network, network.world.destination ?? '');
        return [addresses, await connect(network, subjectOf(network.world), addresses[0] ?? anchor)];
      });

      expect(seen).toEqual(symptoms[id]);
    },
    90_000,
  );

  it.concurrent('tells a healthy pod of either kind of cluster the address', async () => {
    const family = ['dual', 'ipv6'] as const;
    const told = await Promise.all(
      family.map((each) =>
        inLab({ seed: 42, shape: { family: each } }, async (network) => {
          await vi.waitFor(async () => expect(await lookUp(network, 'api.partner.example')).toEqual([anchor]), 20_000);
          return lookUp(network, 'legacy.partner.example');
        }),
      ),
    );

    expect(told).toEqual([[], []]);
  }, 90_000);
});
