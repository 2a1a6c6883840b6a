import { type Action, goTo, type Match, type Rule, rule } from './ruleset.ts';

const commonPrefix = (names: readonly string[]): string => {
  const [first = ''] = names;
  let length = first.length;
  while (names.some((name) => !name.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
};

/**
 * The chain that sends a packet to its interface's chain. With many interfaces felix puts those that share their next letter
 * into a chain of their own (felix/rules/dispatch.go).
 */
export function dispatchChains(
  name: string,
  side: 'in' | 'out',
  targets: ReadonlyMap<string, string>,
  end: Rule,
): Map<string, readonly Rule[]> {
  const interfaces = [...targets.keys()].toSorted();
  const at = commonPrefix(interfaces).length;
  const groups = Map.groupBy(interfaces, (each) => each.slice(0, at + 1));
  const matching = (each: string): Match => (side === 'in' ? { in: each } : { out: each });
  const toTarget = (each: string) => rule([matching(each)], goTo(targets.get(each) ?? ''));
  const chains = new Map<string, readonly Rule[]>();
  const root = [...groups].map(([prefix, members]): Rule => {
    const [only = ''] = members;
    if (members.length === 1) return toTarget(only);
    const child = `${name}-${prefix.slice(at)}`;
    chains.set(child, [...members.map(toTarget), end]);
    return rule([matching(`${prefix}+`)], goTo(child));
  });
  return chains.set(name, [...root, end]);
}

/** Native nftables has a map for it. */
export const dispatchByMap = (map: string, by: 'in' | 'out', end: Rule): readonly Rule[] => {
  const look: Action = { do: 'dispatch', map, by };
  return [rule([], look), end];
};
