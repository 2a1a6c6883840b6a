import type { Evidence } from '../../evidence/evidence.ts';
import type { FilterRule } from '../../evidence/flows.ts';
import { observed, observedIn } from '../../evidence/observation.ts';
import type { CauseId } from '../causes.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded, outcomesOf } from '../failures.ts';
import { calicoBackends, foreignRulesAt, isCalicos } from '../filter-chains.ts';
import { describeRise, isDrop, isForInvalid, type RisenRule, risenRules } from '../filter-counters.ts';
import { cameThrough, ownFlows } from '../own-flows.ts';
import { exemptInNodesNetwork } from '../pod.ts';

export const nodeFirewall = defineCheck({
  id: 'node-firewall',
  stage: 'firewall',
  title: "Node's own firewall lets forwarded packets through",
  failureTitle: "Node's own firewall drops forwarded packets",
  needs: ['nodeFilterRules'],
  mayUse: ['attempt', 'pod', 'node', 'podConnects', 'nodeFlows'],
  causes: ['forward-policy-drop', 'host-firewall-reject', 'nft-other-table-drop'],
  exempts: exemptInNodesNetwork,

  evaluate({ nodeFilterRules }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const rules = nodeFilterRules.after;
    if (rules.length === 0) {
      return { outcome: 'inconclusive', summary: `No IPv6 packet filter rule of node ${node} was read.`, facts: [] };
    }
    const forward = foreignRulesAt(rules, 'forward').filter(({ rule }) => isDrop(rule) && !isForInvalid(rule));
    const isThere = new Set(forward.map(placeOf));
    const risen = risenRules(observed(nodeFilterRules, 'node')).filter((rule) => isThere.has(placeOf(rule)));
    const biting = risen.filter((rule) => !isHarmless(rules, rule));
    const facts = [...risen.map(describeRise), ...harmlessPolicies(rules, forward)];
    const [pod, attempt] = [observedIn(extra.pod), observedIn(extra.attempt)];
    const through = pod && attempt ? cameThrough(ownFlows(extra.nodeFlows, pod, attempt)) : [];
    const [first] = biting;
    const uncounted = forward.find((rule) => rule.isCounted === false && mayMeetPods(rule));
    const lost = attemptsThatEnded(extra.podConnects, outcomesOf((first ?? uncounted)?.rule ?? ''));
    const scene: Scene = { node, rules, facts, lost, isThrough: lost > 0 && through.length >= lost };
    if (first) {
      if (extra.podConnects.status !== 'observed') return nobodysDrops(scene);
      const packets = biting.reduce((sum, { rise }) => sum + rise, 0);
      if (packets >= lost && lost > 0 && !scene.isThrough) return ownDrops(scene, first, packets);
    }
    const isUnseen = lost > 0 && through.length === 0 && extra.nodeFlows.status === 'observed';
    if (uncounted && isUnseen && calicoDrops(nodeFilterRules) < lost) return uncountedDrops(scene, uncounted);
    const summary = first
      ? `Rules of node ${node} dropped forwarded packets, but ${scene.isThrough ? "conntrack shows the pod's past all of them" : 'not as many as the pod lost'}: they were others'.`
      : `No rule of node ${node} outside Calico's dropped a forwarded packet meanwhile.`;
    return { outcome: 'pass', summary, facts };
  },
});

interface Scene {
  readonly node: string;
  readonly rules: readonly FilterRule[];
  readonly facts: readonly string[];
  readonly lost: number;
  /** Conntrack knows as many of the pod's attempts as were lost. */
  readonly isThrough: boolean;
}

function ownDrops({ node, rules, facts, lost }: Scene, first: RisenRule, packets: number): Judgement {
  return {
    outcome: 'fail',
    cause: causeOf(rules, first),
    confidence: 'certain',
    ruledOut: ['natoutgoing-disabled-ula', 'node-upstream-black-hole'],
    neighbours: [],
    isDeciding: true,
    summary: `Chain ${first.chain} of ${first.table} on node ${node} drops the pod's packets, whatever Calico says of them (${first.rule}, +${packets} around ${lost} failed attempts).`,
    facts,
    fix: fixOf(node, first),
  };
}

function nobodysDrops({ node, facts }: Scene): Judgement {
  return {
    outcome: 'inconclusive',
    summary: `Rules of node ${node} dropped forwarded packets; whose is not known.`,
    facts,
  };
}

/** A base chain's policy counts nothing in nftables, and a rule only where it says "counter". */
function uncountedDrops({ node, rules, facts }: Scene, rule: FilterRule): Judgement {
  return {
    outcome: 'fail',
    cause: causeOf(rules, rule),
    confidence: 'likely',
    ruledOut: ['natoutgoing-disabled-ula', 'node-upstream-black-hole'],
    neighbours: [],
    isDeciding: false,
    summary: `Chain ${rule.chain} of ${rule.table} on node ${node} drops forwarded packets (${rule.rule}) without counting them, and none of the pod's came past the node's filters.`,
    facts: [...facts, `${rule.table} ${rule.chain}: ${rule.rule}, not counted`, "conntrack has no entry of the pod's"],
    fix: fixOf(node, rule),
  };
}

/** A rule for what comes from other interfaces than pods' is none that their packets meet. */
function mayMeetPods({ rule }: FilterRule): boolean {
  return !/iifname (?!"cali)|^-i (?!cali)| -i (?!cali)/.test(rule);
}

function calicoDrops(rules: Evidence['nodeFilterRules']): number {
  const drops = risenRules(observed(rules, 'node')).filter((rule) => isCalicos(rule) && isDrop(rule.rule));
  return drops.reduce((sum, { rise }) => sum + rise, 0);
}

/** In a table that is not Calico's own an accept of Calico's ends nothing; in the same one it comes before the policy. */
function causeOf(rules: readonly FilterRule[], { backend, rule }: FilterRule): CauseId {
  const own = calicoBackends(rules);
  const isElsewhere = own.length > 0 && own.every((each) => each === 'nftables');
  if (backend === 'nftables' || isElsewhere) return 'nft-other-table-drop';
  return rule === 'policy DROP' ? 'forward-policy-drop' : 'host-firewall-reject';
}

function fixOf(node: string, { backend, table, chain, rule }: FilterRule): string {
  if (backend === 'nftables')
    return `# on ${node}: accept the pods' packets in this chain, or remove it (firewalld, ufw and Docker write theirs anew)\nnft -a list chain ${table} ${chain}`;
  if (rule !== 'policy DROP')
    return `# on ${node}: remove the rule, or accept cali+ before it; ufw: "ufw route allow in on cali+", firewalld: the trusted zone\nip6tables -t ${table} -D ${chain} ${rule}`;
  return [
    `# on ${node}`,
    `ip6tables -P ${chain} ACCEPT`,
    '# Docker sets DROP when it starts: "ip6tables": false in /etc/docker/daemon.json, or a release with moby#48594',
  ].join('\n');
}

function placeOf({ backend, table, chain, rule }: FilterRule): string {
  return [backend, table, chain, rule].join('\n');
}

function harmlessPolicies(rules: readonly FilterRule[], drops: readonly FilterRule[]): string[] {
  return drops
    .filter((rule) => isHarmless(rules, rule))
    .map(({ backend, chain }) => `${backend} ${chain} policy DROP, harmless: Calico accepts before it`);
}

/** Calico appends an ACCEPT for packets that carry its mark; a chain's policy comes after every rule. */
function isHarmless(rules: readonly FilterRule[], { backend, table, rule }: FilterRule): boolean {
  const accepts = ({ chain, rule: text, ...each }: FilterRule) =>
    each.backend === backend && each.table === table && chain === 'FORWARD' && /--mark \S+ .*-j ACCEPT/.test(text);
  return rule === 'policy DROP' && rules.some(accepts);
}
