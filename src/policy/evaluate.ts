import { parseAddress } from '../net/address.ts';
import { contains, isPrivate } from '../net/cidr.ts';
import { everythingIsAbsent, matchRule, type ParsedFlow } from './match.ts';
import type {
  CompiledPolicy,
  CompiledTier,
  Endpoint,
  Flow,
  PolicyModel,
  PolicyRef,
  PolicyVerdict,
  RuleRef,
} from './model.ts';
import type { Labels } from './selector.ts';

const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132, ICMPv6: 58 } as const;

type NearMiss = PolicyVerdict['nearMisses'][number];

interface End {
  readonly allowed: boolean;
  readonly because: Exclude<PolicyVerdict['because'], 'doubtful'>;
  readonly by: readonly RuleRef[];
  readonly isolatedBy: readonly PolicyRef[];
}

interface Walk {
  readonly source: Endpoint;
  readonly flow: ParsedFlow;
  /** Every way in which the walk may end; a single one unless something is not understood. */
  readonly ends: End[];
  readonly misses: NearMiss[];
  readonly doubts: Set<string>;
}

/** The pod that has the destination's address, where the caller knows it. */
export interface Peer {
  readonly labels: Labels;
  /** The names that it gives to the port. */
  readonly portNames: readonly string[];
}

/**
 * Walks the tiers as Felix renders them (felix/rules/endpoints.go). What cannot be judged is taken both ways; the answer is
 * doubtful only where the ways end differently.
 */
export function evaluateEgress(
  model: PolicyModel,
  source: Endpoint,
  flow: Flow,
  peer: Peer | null = null,
): PolicyVerdict {
  const parsed = parsedFlow(model, source, flow, peer);
  if (!parsed) return doubtful([`"${flow.address}" is not an address`], []);
  if (source.isHostNetwork) return ofHostNetwork(model);

  const walk: Walk = { source, flow: parsed, ends: [], misses: [], doubts: new Set(model.issues) };
  let isSelected = false;
  const goesOn = model.tiers.every((tier) => {
    const outcome = walkTier(walk, tier);
    isSelected ||= outcome.isSelected;
    return outcome.goesOn;
  });
  if (goesOn) walk.ends.push({ ...open, because: isSelected ? 'profile' : 'not-isolated' });
  return verdictOf(walk, model);
}

const open = { allowed: true, by: [], isolatedBy: [] } as const;

function verdictOf({ ends, doubts, misses }: Walk, model: PolicyModel): PolicyVerdict {
  // Of several ends alike the last is sure, but a Deny that may be meant is not passed over.
  const end = ends.find(({ because }) => because === 'denied-by-rule') ?? ends.at(-1);
  const isOneAnswer = ends.every(({ allowed }) => allowed === end?.allowed);
  // What was not read at all could deny as well as allow, in any tier.
  if (!end || !isOneAnswer || model.issues.length > 0) return doubtful([...doubts], ends);
  if (end.allowed && model.beyond.length > 0) return doubtful(model.beyond, ends);
  return { ...end, nearMisses: end.allowed ? [] : unique(misses), issues: [] };
}

function doubtful(issues: readonly string[], ends: readonly End[]): PolicyVerdict {
  const isolatedBy = ends.find((end) => end.isolatedBy.length > 0)?.isolatedBy ?? [];
  return { allowed: null, because: 'doubtful', by: [], isolatedBy, nearMisses: [], issues };
}

/** Pods on their node's network are no workload endpoints: only policies of host endpoints reach them. */
function ofHostNetwork({ tiers, beyond, issues }: PolicyModel): PolicyVerdict {
  if (issues.length > 0) return doubtful(issues, []);
  const mayReach = tiers.some(({ policies }) => policies.some(({ ref }) => ref.kind === 'GlobalNetworkPolicy'));
  if (!mayReach && beyond.length === 0) return { ...open, because: 'not-isolated', nearMisses: [], issues: [] };
  return doubtful(['the pod uses the network of its node, and policies of host endpoints are not judged here'], []);
}

function parsedFlow(model: PolicyModel, source: Endpoint, flow: Flow, peer: Peer | null): ParsedFlow | null {
  const address = parseAddress(flow.address);
  if (!address) return null;
  const sets = model.sets.filter(({ nets }) => nets.some((net) => contains(net, address)));
  const isInCluster = model.podNets ? model.podNets.some((net) => contains(net, address)) : isPrivate(address);
  const unknownPod = peer === null && isInCluster ? 'which pod has the address is not known' : null;
  return {
    address,
    port: flow.port,
    protocol: protocolNumbers[flow.protocol],
    peers: [...sets.map(({ labels }) => labels), ...(peer ? [peer.labels] : [])],
    mayBePeer: unknownPod ?? (model.areSetsKnown ? null : 'which network sets hold the address is not known'),
    portNames: peer?.portNames ?? null,
    sourceLabels: source.labels,
    sourceAddress:
      source.addresses.map(parseAddress).find((own) => own !== null && own.family === address.family) ?? null,
  };
}

function walkTier(walk: Walk, tier: CompiledTier): { goesOn: boolean; isSelected: boolean } {
  const selecting = tier.policies.flatMap((policy) => {
    const selection = policy.selects(walk.source);
    if (typeof selection === 'object') walk.doubts.add(`${nameOf(policy.ref)}: ${selection.doubt}`);
    return selection === 'no' ? [] : [{ policy, isSure: selection === 'yes' }];
  });
  if (selecting.length === 0) return { goesOn: true, isSelected: false };

  const isSelected = selecting.some(({ isSure }) => isSure);
  const isolatedBy = selecting.map(({ policy }) => policy.ref);
  let goesOn = false;
  for (const { policy, isSure } of selecting) {
    const { passes, isDecided } = walkPolicy(walk, policy, isolatedBy);
    goesOn ||= passes;
    if (isDecided && isSure) return { goesOn, isSelected };
  }
  if (tier.endsWith === 'pass') return { goesOn: true, isSelected };
  walk.ends.push({ allowed: false, because: 'end-of-tier', by: [], isolatedBy });
  // If none of them selects the pod after all, the tier lets it by.
  return { goesOn: goesOn || !isSelected, isSelected };
}

function walkPolicy(walk: Walk, policy: CompiledPolicy, isolatedBy: readonly PolicyRef[]) {
  let passes = false;
  for (const rule of policy.rules) {
    const ref = { ...policy.ref, path: rule.path };
    const match = matchRule(rule, walk.flow);
    if (match.kind === 'no') {
      if (match.missed !== null && rule.action === 'allow' && !isMislabelled(policy, ref, match.missed)) {
        walk.misses.push({ ...ref, missed: match.missed });
      }
      continue;
    }
    if (match.kind === 'unknown') walk.doubts.add(`${nameOf(ref)} ${ref.path}: ${match.doubt}`);
    if (rule.action === 'pass') passes = true;
    else {
      const allowed = rule.action === 'allow';
      walk.ends.push({ allowed, because: allowed ? 'rule' : 'denied-by-rule', by: [ref], isolatedBy });
    }
    if (match.kind === 'yes') return { passes, isDecided: true };
  }
  return { passes, isDecided: false };
}

/** One rule of the API becomes one here per peer: if another peer of it lists ::/0, then ::/0 is not what is absent. */
function isMislabelled({ rules }: CompiledPolicy, { path }: RuleRef, missed: string): boolean {
  return (
    missed === everythingIsAbsent &&
    rules.some(
      (rule) => rule.path === path && rule.nets?.some(({ family, prefixLength }) => family === 6 && prefixLength === 0),
    )
  );
}

const nameOf = ({ kind, namespace, name }: PolicyRef) =>
  `${kind} ${namespace === null ? name : `${namespace}/${name}`}`;

function unique(misses: readonly NearMiss[]): NearMiss[] {
  return [...new Map(misses.map((miss) => [`${nameOf(miss)} ${miss.path} ${miss.missed}`, miss])).values()];
}
