import { describe, expect, it } from 'vitest';
import { faults } from '../../../lab/network/faults.ts';
import { makeWorld } from '../../../lab/network/world.ts';

describe('lab/network/world', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeWorld({ seed: 5 })).toEqual(makeWorld({ seed: 5 }));
    expect(makeWorld({ seed: 5 }).subject).not.toEqual(makeWorld({ seed: 6 }).subject);
  });

  it.each([1, 2, 3, 77, 4096])('keeps shop/checkout askable with seed %i', (seed) => {
    const { subject, objects } = makeWorld({ seed });

    expect(subject).toMatchObject({
      namespace: 'shop',
      pod: expect.stringMatching(/^checkout-[a-z0-9]{9}-[a-z0-9]{5}$/),
    });
    expect(objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'checkout')).toHaveLength(
      1,
    );
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(faults)('$id is the same fault for every seed', ({ id }) => {
    for (const seed of [1, 2, 3]) expect(makeWorld({ fault: id, seed }).fault).toBe(id);
  });

  it('names what there is when it is asked for something else', () => {
    expect(() => makeWorld({ fault: 'gremlins' })).toThrow(/host-forwarding-disabled/);
  });

  it('is of the kind that is wished for, unless the fault exists in another kind alone', () => {
    expect(makeWorld({ shape: { backend: 'legacy' } }).shape).toMatchObject({ backend: 'legacy', family: 'dual' });
    expect(makeWorld({ fault: 'nft-other-table-drop', shape: { backend: 'legacy' } }).shape?.backend).toBe('nftables');
  });

  it('writes natOutgoing as the packets see it', () => {
    const pool = (fault?: string) =>
      makeWorld(fault ? { fault } : {}).objects.find(
        ({ kind, metadata }) => kind === 'IPPool' && metadata.name.includes('ipv6'),
      );

    expect(pool()?.spec).toMatchObject({ natOutgoing: true });
    expect(pool('natoutgoing-disabled-ula')?.spec).toMatchObject({ natOutgoing: false });
  });
});
