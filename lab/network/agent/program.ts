import type { Shape } from '../../contract.ts';
import { type FelixSettings, settingsFrom } from './configuration.ts';
import { dispatchByMap, dispatchChains } from './dispatch.ts';
import { calicoObjects, type Family, familyOf, type Known, record } from './known.ts';
import {
  bits,
  clearMark,
  goTo,
  type Hook,
  isClear,
  isMarked,
  jump,
  type Rule,
  type Ruleset,
  rule,
  setMark,
} from './ruleset.ts';
import { forwardTiersFor } from './tiers.ts';
import { type Chains, tierRules, type Writing, workloadChains } from './workload.ts';

/** What this agent gets wrong, whatever the objects say. */
export interface Quirks {
  /** Interfaces of pods that it has never heard of. */
  readonly unknown?: readonly string[];
  /** Its writes of this table fail. */
  readonly withoutNat6?: boolean;
  /** It keeps the rule that translates although no pool asks for it, with a set that has no member. */
  readonly keepsNatRule?: boolean;
}

export interface Site {
  readonly node: string;
  readonly backend: Shape['backend'];
  readonly quirks: Quirks;
  /** Interface names by `namespace/pod`. */
  readonly interfaces: ReadonlyMap<string, string>;
}

const nothing = (): Ruleset => ({
  chains: { raw: new Map(), nat: new Map(), filter: new Map() },
  hooks: [],
  sets: new Map(),
  maps: new Map(),
});

/** All of one family on one node, after felix/rules. */
export function program(site: Site, known: Known, family: Family): Ruleset {
  const settings = settingsFrom(known.objects);
  if (family === 6 && !settings.isIPv6On) return nothing();

  const filter: Chains = new Map();
  const sets = poolSets(known, family);
  const maps = new Map<string, ReadonlyMap<string, string>>();
  const writing: Writing = { known, family, settings, chains: filter, sets };
  const workloads = known.pods.flatMap((pod) => {
    const veth = site.interfaces.get(`${pod.namespace}/${pod.name}`);
    const hasAddress = pod.nets.some((net) => familyOf(net) === family);
    if (!veth || pod.node !== site.node || !hasAddress || site.quirks.unknown?.includes(veth)) return [];
    return [{ veth, ...workloadChains(writing, pod, veth) }];
  });
  const end = rule([], settings.deny, 'Unknown interface');
  const dispatch = (name: string, by: 'in' | 'out', targets: ReadonlyMap<string, string>, last: Rule) => {
    if (site.backend === 'nftables') {
      maps.set(name, targets);
      filter.set(name, dispatchByMap(name, by, last));
    } else for (const [chain, rules] of dispatchChains(name, by, targets, last)) filter.set(chain, rules);
  };
  dispatch('cali-from-wl-dispatch', 'in', new Map(workloads.map(({ veth, from }) => [veth, from])), end);
  dispatch('cali-to-wl-dispatch', 'out', new Map(workloads.map(({ veth, to }) => [veth, to])), end);

  filter.set('cali-from-hep-forward', []);
  filter.set('cali-to-hep-forward', hostChains(site, writing));
  filter.set('cali-cidr-block', []);
  filter.set('cali-FORWARD', forwardRules);
  filter.set('cali-wl-to-host', [
    ...(family === 6 ? neighbourRules : []),
    rule([], jump('cali-from-wl-dispatch')),
    rule([], 'accept', 'Configured DefaultEndpointToHostAction'),
  ]);
  filter.set('cali-INPUT', [rule([{ in: 'cali+' }], goTo('cali-wl-to-host'))]);

  const accepted = rule(
    [isMarked(bits.accept)],
    settings.returnsAccepted ? 'return' : 'accept',
    'Policy explicitly accepted packet.',
  );
  const last = [accepted, rule([], setMark(bits.accept))];
  const calls = (chain: string) => [rule([], jump(chain))];
  const hook = (table: Hook['table'], base: Hook['base'], chain: string, more: readonly Rule[] = []): Hook =>
    settings.appends
      ? { table, base, first: [], last: [...calls(chain), ...more] }
      : { table, base, first: calls(chain), last: more };
  return {
    chains: {
      raw: rawChains(family),
      nat: site.quirks.withoutNat6 && family === 6 ? new Map() : natChains(known, family, settings, site.quirks),
      filter,
    },
    hooks: [
      hook('raw', 'PREROUTING', 'cali-PREROUTING'),
      ...(site.quirks.withoutNat6 && family === 6 ? [] : [hook('nat', 'POSTROUTING', 'cali-POSTROUTING')]),
      hook('filter', 'INPUT', 'cali-INPUT'),
      hook('filter', 'FORWARD', 'cali-FORWARD', last),
    ],
    sets,
    maps,
  };
}

const forwardRules: readonly Rule[] = [
  rule([], clearMark(bits.all ^ bits.accept)),
  rule([isClear(bits.accept)], jump('cali-from-hep-forward')),
  rule([{ in: 'cali+' }], jump('cali-from-wl-dispatch')),
  rule([{ out: 'cali+' }], jump('cali-to-wl-dispatch')),
  rule([], jump('cali-to-hep-forward')),
  rule([], jump('cali-cidr-block')),
];

/** A router must hear these whatever a policy says. */
const neighbourRules = [130, 131, 132, 133, 135, 136].map((icmpType) =>
  rule([{ protocol: 'ipv6-icmp' }, { icmpType }], 'accept'),
);

/** One chain per interface that a HostEndpoint names; packets of pods pass it on their way out. */
function hostChains({ node }: Site, writing: Writing): Rule[] {
  return calicoObjects(writing.known.objects, 'HostEndpoint').flatMap(({ metadata, spec }) => {
    const { interfaceName, node: home } = record(spec);
    if (home !== node || typeof interfaceName !== 'string' || interfaceName === '*') return [];
    const tiers = forwardTiersFor({ namespace: null, labels: metadata.labels ?? {} }, writing.known, writing.family);
    const chain = `cali-thfw-${interfaceName}`;
    writing.chains.set(chain, [
      rule([{ states: 'RELATED,ESTABLISHED' }], 'accept'),
      rule([{ states: 'INVALID' }], writing.settings.deny),
      rule([], clearMark(bits.accept | bits.pass)),
      ...tierRules(writing, tiers),
      ...(tiers.length > 0
        ? []
        : [
            rule([], setMark(bits.accept), 'Allow forwarded traffic by default'),
            rule([], 'return', 'Return for accepted forward traffic'),
          ]),
    ]);
    return [rule([{ out: interfaceName }], goTo(chain))];
  });
}

/** IPv4 has the kernel's rp_filter for what these rules do. */
function rawChains(family: Family): Chains {
  const workload = bits.scratch0;
  return new Map([
    [
      'cali-PREROUTING',
      [
        rule([], clearMark(bits.all)),
        rule([{ in: 'cali+' }], setMark(workload)),
        rule([isMarked(workload)], jump('cali-rpf-skip')),
        ...(family === 6 ? [rule([isMarked(workload), { isSpoofed: true }], 'drop')] : []),
        rule([isMarked(bits.accept)], 'accept'),
      ],
    ],
    ['cali-rpf-skip', []],
  ]);
}

export const poolSetNames = { all: 'network-ip-pools', masqueraded: 'masq-ipam-pools' };

function poolsOf({ objects }: Known, family: Family) {
  return calicoObjects(objects, 'IPPool')
    .map(({ spec }) => record(spec))
    .filter(({ cidr }) => familyOf(String(cidr)) === family);
}

function poolSets(known: Known, family: Family) {
  const pools = poolsOf(known, family);
  const cidrs = (all: typeof pools) => all.map(({ cidr }) => String(cidr)).toSorted();
  return new Map([
    [poolSetNames.all, cidrs(pools)],
    [poolSetNames.masqueraded, cidrs(pools.filter(({ natOutgoing }) => natOutgoing === true))],
  ]);
}

function natChains(known: Known, family: Family, { natInterface, natAddress }: FelixSettings, quirks: Quirks): Chains {
  const translates = quirks.keepsNatRule || poolsOf(known, family).some(({ natOutgoing }) => natOutgoing === true);
  const when = [
    { set: poolSetNames.masqueraded, end: 'src' },
    { set: poolSetNames.all, end: 'dst', not: true },
    ...(natInterface === null ? [] : [{ out: natInterface }]),
  ] as const;
  const action = natAddress === null ? ({ do: 'masquerade' } as const) : ({ do: 'snat', address: natAddress } as const);
  return new Map([
    ['cali-fip-snat', []],
    ['cali-nat-outgoing', translates ? [rule(when, action)] : []],
    ['cali-POSTROUTING', [rule([], jump('cali-fip-snat')), rule([], jump('cali-nat-outgoing'))]],
  ]);
}
