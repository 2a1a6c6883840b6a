import { type Policy, type PolicyRule, policyTitle, type Side, shortName } from './policy.ts';
import {
  type Action,
  bits,
  clearMark,
  type End,
  isClear,
  isMarked,
  type Match,
  type Rule,
  rule,
  setMark,
} from './ruleset.ts';

/** Sets that rules refer to, each named after its members' meaning. */
export type Sets = Map<string, readonly string[]>;

export interface Blocks {
  readonly rules: Rule[];
  isFirst: boolean;
}

/**
 * Packet filters match one network per rule, so several are matched beforehand by blocks of rules that leave their result in
 * the mark (felix/rules/policy.go, matchBlockBuilder). Negated blocks come last and take the mark away again.
 */
function positiveBlock(blocks: Blocks, matches: readonly Match[][]): void {
  const bit = blocks.isFirst ? bits.scratch0 : bits.scratch1;
  const reset = blocks.isFirst ? bits.scratch0 | bits.scratch1 : bits.scratch1;
  blocks.rules.push(rule([], clearMark(reset)), ...matches.map((when) => rule(when, setMark(bit))));
  if (!blocks.isFirst) blocks.rules.push(rule([isClear(bits.scratch1)], clearMark(bits.scratch0)));
  blocks.isFirst = false;
}

function negatedBlock(blocks: Blocks, matches: readonly Match[][]): void {
  if (blocks.isFirst) {
    const start: Action = { do: 'mark', value: bits.scratch0, mask: bits.scratch0 | bits.scratch1 };
    blocks.rules.push(rule([], start));
  }
  blocks.rules.push(...matches.map((when) => rule(when, clearMark(bits.scratch0))));
  blocks.isFirst = false;
}

const net = (end: End, of: string, not = false): Match => ({ net: of, end, ...(not ? { not } : {}) });

const portProtocols = new Set(['tcp', 'udp', 'sctp', '6', '17', '132']);
const portGroups = (ports: readonly string[]) =>
  Array.from({ length: Math.ceil(ports.length / 15) }, (_, index) => ports.slice(index * 15, index * 15 + 15));

/** The conditions of one end. Numbered ports alone: a named one is a set of addresses that no pod here declares. */
function sideMatches(
  side: Side,
  end: End,
  protocol: string | null,
  blocks: Blocks,
  sets: Sets,
  title: string,
): Match[] {
  const matches: Match[] = [];
  const numbered = side.ports.filter((port) => /^\d+(:\d+)?$/.test(port));
  if (side.ports.length > 0 && (numbered.length === 0 || !portProtocols.has(protocol ?? '')))
    matches.push({ never: true });
  else if (numbered.length > 0) {
    const groups = portGroups(numbered).map((ports): Match[] => [
      { protocol: protocol ?? '' },
      { ports, protocolOfPorts: protocol ?? '', end },
    ]);
    if (groups.length === 1) matches.push(...(groups[0] ?? []).slice(1));
    else positiveBlock(blocks, groups);
  }
  if (side.nets.length === 1) matches.push(net(end, side.nets[0] ?? ''));
  else if (side.nets.length > 1)
    positiveBlock(
      blocks,
      side.nets.map((each) => [net(end, each)]),
    );
  for (const [members, not] of [
    [side.chosen, false],
    [side.notChosen, true],
  ] as const) {
    if (members === null) continue;
    const name = shortName('s:', `${title} ${end} ${not}`);
    sets.set(name, [...new Set(members)].toSorted());
    matches.push({ set: name, end, ...(not ? { not } : {}) });
  }
  if (side.notPorts.length > 0) {
    matches.push({ ports: side.notPorts, protocolOfPorts: protocol ?? '', end, not: true });
  }
  return matches;
}

function negatedNets(side: Side, end: End, blocks: Blocks): Match[] {
  const [only, ...others] = side.notNets;
  if (only === undefined) return [];
  if (others.length === 0 && side.nets.length !== 1) return [net(end, only, true)];
  negatedBlock(
    blocks,
    side.notNets.map((each) => [net(end, each)]),
  );
  return [];
}

function verdictRules(verb: PolicyRule['verb'], when: readonly Match[], deny: 'drop' | 'reject'): Rule[] {
  switch (verb) {
    case 'Allow':
      return [rule(when, setMark(bits.accept)), rule([isMarked(bits.accept)], 'return')];
    case 'Pass':
      return [rule(when, setMark(bits.pass)), rule([isMarked(bits.pass)], 'return')];
    case 'Log':
      return [rule(when, { do: 'log', prefix: 'calico-packet' })];
    default:
      return [rule(when, deny)];
  }
}

function rulesOf(written: PolicyRule, title: string, sets: Sets, deny: 'drop' | 'reject'): Rule[] {
  const { protocol, notProtocol, icmp, source, destination } = written;
  const blocks: Blocks = { rules: [], isFirst: true };
  const matches: Match[] = [
    ...(protocol === null ? [] : [{ protocol }]),
    ...(notProtocol === null ? [] : [{ protocol: notProtocol, not: true }]),
    ...sideMatches(source, 'src', protocol, blocks, sets, title),
    ...sideMatches(destination, 'dst', protocol, blocks, sets, title),
    ...negatedNets(source, 'src', blocks),
    ...negatedNets(destination, 'dst', blocks),
    ...(icmp === null ? [] : [{ icmpType: icmp.type, ...(icmp.code === undefined ? {} : { code: icmp.code }) }]),
  ];
  if (matches.some((match) => 'never' in match)) return [];
  if (blocks.rules.length > 0) matches.push(isMarked(bits.scratch0));
  return [...blocks.rules, ...verdictRules(written.verb, matches, deny)];
}

/** A policy's chain. Returns at its end do nothing and are left out; the first rule tells whose chain it is. */
export function policyChain(policy: Policy, sets: Sets, deny: 'drop' | 'reject'): Rule[] {
  const title = policyTitle(policy);
  const rules = policy.rules.flatMap((each, index) => rulesOf(each, `${title} ${index}`, sets, deny));
  while (rules.at(-1)?.target.do === 'return') rules.pop();
  const [first = rule([], 'nothing'), ...rest] = rules;
  return [{ ...first, comment: `${title} egress` }, ...rest];
}

export const policyChainName = (policy: Policy) => shortName('cali-po-', policyTitle(policy));
