import { createHash } from 'node:crypto';
import type { Family } from './known.ts';
import type { Action, BaseChain, Match, Rule, Ruleset, TableName } from './ruleset.ts';

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
const wildcard = (name: string) => `"${name.replace(/\+$/, '*')}"`;
const setName = (name: string, family: Family) => `cali${family}0${name.replaceAll(':', '-')}`;
const address = (family: Family, end: 'src' | 'dst') =>
  `${family === 6 ? 'ip6' : 'ip'} ${end === 'src' ? 'saddr' : 'daddr'}`;

/** Before a port nft takes a protocol's name alone. */
const portNames: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

function matchText(match: Match, family: Family): string {
  if ('in' in match) return `iifname ${wildcard(match.in)}`;
  if ('out' in match) return `oifname ${wildcard(match.out)}`;
  if ('net' in match) return `${address(family, match.end)} ${match.not ? '!= ' : ''}${match.net}`;
  if ('set' in match) return `${address(family, match.end)} ${match.not ? '!= ' : ''}@${setName(match.set, family)}`;
  if ('ports' in match) {
    const door = match.end === 'src' ? 'sport' : 'dport';
    return `${portNames[match.protocolOfPorts] ?? match.protocolOfPorts} ${door} ${match.not ? '!= ' : ''}{ ${match.ports.map((port) => port.replace(':', '-')).join(', ')} }`;
  }
  if ('protocol' in match)
    return `meta l4proto ${match.not ? '!= ' : ''}${match.protocol === 'icmpv6' ? 'ipv6-icmp' : match.protocol}`;
  if ('icmpType' in match) {
    const kind = family === 6 ? 'icmpv6' : 'icmp';
    return `${kind} type ${match.icmpType}${match.code === undefined ? '' : ` ${kind} code ${match.code}`}`;
  }
  if ('states' in match) return `ct state ${match.states.toLowerCase()}`;
  if ('mark' in match) return `meta mark & ${hex(match.mask)} == ${hex(match.mark)}`;
  if ('isSpoofed' in match) return 'fib saddr . mark . iif oif 0';
  throw new Error('a rule that never matches is not written');
}

function actionText(action: Action, table: TableName): string {
  switch (action.do) {
    case 'nothing':
      return '';
    case 'jump':
    case 'goto':
      return `${action.do} ${table}-${action.chain}`;
    case 'dispatch':
      return `${action.by === 'in' ? 'iifname' : 'oifname'} vmap @${table}-${action.map}`;
    case 'mark':
      if (action.value === 0) return `meta mark set mark & ${hex((action.mask ^ 0xffffffff) >>> 0)}`;
      if (action.value === action.mask) return `meta mark set mark or ${hex(action.value)}`;
      return `meta mark set mark & ${hex((action.mask ^ 0xffffffff) >>> 0)} ^ ${hex(action.value)}`;
    case 'log':
      return `log prefix "${action.prefix}: " level info`;
    case 'masquerade':
      return 'masquerade fully-random';
    case 'snat':
      return `snat to ${action.address} fully-random`;
    case 'limit-connections':
      return `ct count over ${action.above} reject with tcp reset`;
    case 'limit-rate':
      return `limit rate over ${action.perSecond}/second burst ${action.burst} packets drop`;
    default:
      return action.do;
  }
}

function ruleText(chain: string, { when, target, comment = '' }: Rule, table: TableName, family: Family): string {
  const conditions = when.map((match) => matchText(match, family));
  const reset = target.do === 'limit-connections' ? ['meta l4proto tcp'] : [];
  // A map takes the place of conditions, and a counter stands before what decides.
  const body =
    target.do === 'dispatch'
      ? [actionText(target, table)]
      : [...reset, ...conditions, 'counter', actionText(target, table)];
  const text = body.filter(Boolean).join(' ');
  const hash = createHash('sha256').update(`${chain} ${text} ${comment}`).digest('base64url').slice(0, 16);
  const words = `cali:${hash}; ${comment.replaceAll(/[^\w @%+=:,./-]/g, '_')}`.trim().slice(0, 128);
  return `${text} comment "${words}"`;
}

const priorities: Readonly<Record<TableName, Partial<Record<BaseChain, string>>>> = {
  raw: { PREROUTING: 'type filter hook prerouting priority raw; policy accept;' },
  nat: { POSTROUTING: 'type nat hook postrouting priority srcnat; policy accept;' },
  filter: {
    INPUT: 'type filter hook input priority filter; policy accept;',
    FORWARD: 'type filter hook forward priority filter; policy accept;',
  },
};

export interface NftablesState {
  readonly chains: ReadonlyMap<string, string>;
  readonly sets: ReadonlyMap<string, string>;
  readonly maps: ReadonlyMap<string, string>;
}

export const emptyNftables: NftablesState = { chains: new Map(), sets: new Map(), maps: new Map() };

function stateOf(ruleset: Ruleset, family: Family): { state: NftablesState; bases: ReadonlyMap<string, string> } {
  const chains = new Map<string, string>();
  const bases = new Map<string, string>();
  for (const table of ['raw', 'nat', 'filter'] as const) {
    for (const [name, rules] of ruleset.chains[table]) {
      chains.set(`${table}-${name}`, rules.map((each) => ruleText(name, each, table, family)).join('\n'));
    }
  }
  for (const { table, base, first, last } of ruleset.hooks) {
    const name = `${table}-${base}`;
    bases.set(name, `{ ${priorities[table][base] ?? ''} }`);
    chains.set(name, [...first, ...last].map((each) => ruleText(base, each, table, family)).join('\n'));
  }
  const joined = (members: readonly string[]) => members.join(', ');
  const sets = new Map([...ruleset.sets].map(([name, members]) => [setName(name, family), joined(members)]));
  const maps = new Map(
    [...ruleset.maps].map(([name, targets]) => [
      `filter-${name}`,
      joined([...targets].map(([key, chain]) => `"${key}" : goto filter-${chain}`)),
    ]),
  );
  return { state: { chains, sets, maps }, bases };
}

const changedIn = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
  [...after].filter(([name, text]) => before.get(name) !== text);
const goneFrom = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
  [...before.keys()].filter((name) => !after.has(name));

/** One transaction that changes what differs; see iptablesChanges. */
export function nftablesChanges(before: NftablesState, ruleset: Ruleset, family: Family) {
  const { state, bases } = stateOf(ruleset, family);
  const table = `${family === 6 ? 'ip6' : 'ip'} calico`;
  const chains = changedIn(before.chains, state.chains);
  const sets = changedIn(before.sets, state.sets);
  const maps = changedIn(before.maps, state.maps);
  const fill = (name: string, elements: string) => [
    `flush set ${table} ${name}`,
    ...(elements ? [`add element ${table} ${name} { ${elements} }`] : []),
  ];
  const lines = [
    ...sets.flatMap(([name, elements]) => [
      `add set ${table} ${name} { type ipv${family}_addr; flags interval; auto-merge; }`,
      ...fill(name, elements),
    ]),
    ...chains.flatMap(([name]) => [
      `add chain ${table} ${name} ${bases.get(name) ?? ''}`,
      `flush chain ${table} ${name}`,
    ]),
    ...maps.flatMap(([name, elements]) => [
      `add map ${table} ${name} { type ifname : verdict; }`,
      `flush map ${table} ${name}`,
      ...(elements ? [`add element ${table} ${name} { ${elements} }`] : []),
    ]),
    ...chains.flatMap(([name, text]) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => `add rule ${table} ${name} ${line}`),
    ),
    ...goneFrom(before.maps, state.maps).map((name) => `delete map ${table} ${name}`),
    ...goneFrom(before.chains, state.chains).map((name) => `flush chain ${table} ${name}`),
    ...goneFrom(before.chains, state.chains).map((name) => `delete chain ${table} ${name}`),
    ...goneFrom(before.sets, state.sets).map((name) => `delete set ${table} ${name}`),
  ];
  const script = lines.length === 0 ? [] : [`nft -f - <<'RULES'\nadd table ${table}\n${lines.join('\n')}\nRULES`];
  return { script, state };
}
