/** A small seeded generator (mulberry32): the same seed gives the same lab on every machine. */
export interface Random {
  int(below: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** Characters that Kubernetes uses in generated names: no vowels, nothing that looks like another. */
  suffix(length: number): string;
  hex(length: number): string;
  uid(): string;
}

export function seeded(seed: number): Random {
  let state = (seed * 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  const letters = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[int(alphabet.length)]).join('');
  const hex = (length: number) => letters('0123456789abcdef', length);
  return {
    int,
    pick: (from) => from[int(from.length)] ?? from[0],
    suffix: (length) => letters('bcdfghjklmnpqrstvwxz2456789', length),
    hex,
    uid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  };
}
