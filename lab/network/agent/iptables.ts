import { createHash } from 'node:crypto';
import type { Family } from './known.ts';
import type { Action, Hook, Match, Rule, Ruleset, TableName } from './ruleset.ts';

const hex = (value: number) => `0x${value.toString(16)}`;
const quoted = (text: string) => `-m comment --comment "${text.replaceAll(/[^\w @%+=:,./-]/g, '_')}"`;

const setName = (name: string, family: Family) => `cali${family}0${name}`;

function matchText(match: Match, family: Family): string {
  if ('in' in match) return `-i ${match.in}`;
  if ('out' in match) return `-o ${match.out}`;
  if ('net' in match) return `${match.not ? '! ' : ''}${match.end === 'src' ? '-s' : '-d'} ${match.net}`;
  if ('set' in match) return `-m set ${match.not ? '! ' : ''}--match-set ${setName(match.set, family)} ${match.end}`;
  if ('ports' in match) {
    return `-m multiport ${match.not ? '! ' : ''}--${match.end === 'src' ? 'source' : 'destination'}-ports ${match.ports.join(',')}`;
  }
  if ('protocol' in match)
    return `${match.not ? '! ' : ''}-p ${family === 6 && match.protocol === 'icmpv6' ? 'ipv6-icmp' : match.protocol}`;
  if ('icmpType' in match) {
    const kind = match.code === undefined ? match.icmpType : `${match.icmpType}/${match.code}`;
    return family === 6 ? `-m icmp6 --icmpv6-type ${kind}` : `-m icmp --icmp-type ${kind}`;
  }
  if ('states' in match) return `-m conntrack --ctstate ${match.states}`;
  if ('mark' in match) return `-m mark --mark ${hex(match.mark)}/${hex(match.mask)}`;
  if ('isSpoofed' in match) return '-m rpfilter --validmark --invert';
  throw new Error('a rule that never matches is not written');
}

/** Usually one target; a rate limit takes three rules. */
function targetTexts(action: Action): readonly string[] {
  switch (action.do) {
    case 'nothing':
      return [''];
    case 'jump':
      return [`-j ${action.chain}`];
    case 'goto':
      return [`-g ${action.chain}`];
    case 'mark':
      return [`-j MARK --set-xmark ${hex(action.value)}/${hex(action.mask)}`];
    case 'log':
      return [`-j LOG --log-prefix "${action.prefix}: " --log-level 6`];
    case 'masquerade':
      return ['-j MASQUERADE --random-fully'];
    case 'snat':
      return [`-j SNAT --to-source ${action.address} --random-fully`];
    case 'limit-connections':
      return [
        `-m connlimit --connlimit-above ${action.above} --connlimit-mask 0 -p tcp -j REJECT --reject-with tcp-reset`,
      ];
    case 'limit-rate':
      return [
        '-j MARK --set-xmark 0x0/0x40000',
        `-m limit --limit ${action.perSecond}/sec --limit-burst ${action.burst} -j MARK --set-xmark 0x40000/0x40000`,
        '-m mark --mark 0x0/0x40000 -j DROP',
      ];
    case 'dispatch':
      throw new Error('ip6tables has no verdict maps');
    default:
      return [`-j ${action.do.toUpperCase()}`];
  }
}

function ruleTexts(chain: string, { when, target: action, comment }: Rule, family: Family): string[] {
  // A protocol first: matches on ports insist on it.
  const order = (match: Match) => ('protocol' in match ? 0 : 1);
  const conditions = when.toSorted((a, b) => order(a) - order(b)).map((match) => matchText(match, family));
  return targetTexts(action).map((target) => {
    const body = [...conditions, target].filter(Boolean).join(' ');
    const hash = createHash('sha256')
      .update(`${chain} ${body} ${comment ?? ''}`)
      .digest('base64url')
      .slice(0, 16);
    return [quoted(`cali:${hash}`), ...(comment === undefined ? [] : [quoted(comment)]), body]
      .filter(Boolean)
      .join(' ');
  });
}

/** Chains and the lines that hook them, as text: what is compared to know what changed. */
export interface Written {
  readonly chains: ReadonlyMap<string, readonly string[]>;
  readonly hooks: ReadonlyMap<string, { readonly first: readonly string[]; readonly last: readonly string[] }>;
}

function written(ruleset: Ruleset, table: TableName, family: Family): Written {
  const lines = (chain: string, rules: readonly Rule[]) => rules.flatMap((each) => ruleTexts(chain, each, family));
  const hooks = ruleset.hooks.filter((hook: Hook) => hook.table === table);
  return {
    chains: new Map([...ruleset.chains[table]].map(([chain, rules]) => [chain, lines(chain, rules)])),
    hooks: new Map(
      hooks.map(({ base, first, last }) => [base, { first: lines(base, first), last: lines(base, last) }]),
    ),
  };
}

const none: Written = { chains: new Map(), hooks: new Map() };
const same = (a: readonly string[] | undefined, b: readonly string[]) => a?.join('\n') === b.join('\n');

/** Only what changed: a rule that stays keeps its counter, and what others wrote is not touched. */
function tableChanges(table: TableName, before: Written, after: Written): string[] {
  const changed = [...after.chains].filter(([chain, lines]) => !same(before.chains.get(chain), lines));
  const gone = [...before.chains.keys()].filter((chain) => !after.chains.has(chain));
  const hooks = [...new Set([...before.hooks.keys(), ...after.hooks.keys()])].flatMap((base) => {
    const old = before.hooks.get(base) ?? { first: [], last: [] };
    const now = after.hooks.get(base) ?? { first: [], last: [] };
    if (same(old.first, now.first) && same(old.last, now.last)) return [];
    return [
      ...[...old.first, ...old.last].map((line) => `-D ${base} ${line}`),
      ...now.first.toReversed().map((line) => `-I ${base} 1 ${line}`),
      ...now.last.map((line) => `-A ${base} ${line}`),
    ];
  });
  const lines = [
    ...changed.map(([chain]) => `:${chain} - [0:0]`),
    ...changed.flatMap(([chain, rules]) => rules.map((line) => `-A ${chain} ${line}`)),
    ...hooks,
    ...gone.map((chain) => `-F ${chain}`),
    ...gone.map((chain) => `-X ${chain}`),
  ];
  return lines.length === 0 ? [] : [`*${table}`, ...lines, 'COMMIT'];
}

export interface IptablesState {
  readonly tables: Readonly<Partial<Record<TableName, Written>>>;
  readonly sets: ReadonlyMap<string, readonly string[]>;
}

export const emptyIptables: IptablesState = { tables: {}, sets: new Map() };

/** The script that leads from one state to the ruleset, empty where nothing changes, and the state that it leads to. */
export function iptablesChanges(before: IptablesState, ruleset: Ruleset, family: Family, backend: 'legacy' | 'nft') {
  const tables = {
    raw: written(ruleset, 'raw', family),
    nat: written(ruleset, 'nat', family),
    filter: written(ruleset, 'filter', family),
  };
  const lines = (['raw', 'nat', 'filter'] as const).flatMap((table) =>
    tableChanges(table, before.tables[table] ?? none, tables[table]),
  );
  const sets = [...ruleset.sets].filter(([name, members]) => !same(before.sets.get(name), members));
  const gone = [...before.sets.keys()].filter((name) => !ruleset.sets.has(name));
  const members = sets.flatMap(([name, all]) => {
    const id = setName(name, family);
    return [
      `create ${id} hash:net family inet${family === 6 ? '6' : ''} maxelem 1048576 -exist`,
      `flush ${id}`,
      ...all.flatMap(halves).map((net) => `add ${id} ${net}`),
    ];
  });
  const feed = (command: string, text: readonly string[]) =>
    text.length === 0 ? [] : [`${command} <<'RULES'\n${text.join('\n')}\nRULES`];
  const script = [
    ...feed('ipset restore', members),
    ...feed(`ip${family === 6 ? '6' : ''}tables-${backend}-restore --noflush -w 5`, lines),
    ...feed(
      'ipset restore',
      gone.map((name) => `destroy ${setName(name, family)}`),
    ),
  ];
  return { script, state: { tables, sets: ruleset.sets } satisfies IptablesState };
}

/** A set of networks takes no prefix of length zero, so felix, too, writes it as two halves. */
const halves = (net: string) =>
  net === '::/0' ? ['::/1', '8000::/1'] : net === '0.0.0.0/0' ? ['0.0.0.0/1', '128.0.0.0/1'] : [net];
