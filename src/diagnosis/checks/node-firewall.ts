import type { Evidence } from '../../evidence/evidence.ts';
import { observed, observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { attemptsThatEnded, lostOnTheWay } from '../failures.ts';
import { isDrop, type RisenRule, risenRules } from '../filter-counters.ts';
import { exemptInNodesNetwork } from '../pod.ts';

type Rules = Evidence['nodeFilterRules']['after'];

export const nodeFirewall = defineCheck({
  id: 'node-firewall',
  stage: 'firewall',
  title: "Node's own firewall lets forwarded packets through",
  failureTitle: "Node's own firewall drops forwarded packets",
  needs: ['nodeFilterRules'],
  mayUse: ['node', 'podConnects'],
  causes: ['forward-policy-drop'],
  exempts: exemptInNodesNetwork,

  evaluate({ nodeFilterRules }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const rules = nodeFilterRules.after;
    if (rules.length === 0) {
      return { outcome: 'inconclusive', summary: `No IPv6 packet filter rule of node ${node} was read.`, facts: [] };
    }
    const risen = risenRules(observed(nodeFilterRules, 'node')).filter((rule) => isForeignForwardDrop(rule));
    const biting = risen.filter(
      ({ rule, backend, rise }) => rise > 0 && !(rule === 'policy DROP' && acceptsFirst(rules, backend)),
    );
    const packets = biting.reduce((sum, { rise }) => sum + rise, 0);
    const lost = attemptsThatEnded(extra.podConnects, lostOnTheWay);
    const shut = rules.filter(({ chain, rule, table }) => isForward(chain, table) && rule === 'policy DROP');
    const facts = [
      ...risen.map(({ backend, chain, rule, rise }) => `${backend} ${chain} ${rule}: +${rise} packets`),
      ...shut
        .filter(({ backend }) => acceptsFirst(rules, backend))
        .map(({ backend, chain }) => `${backend} ${chain} policy DROP, harmless: Calico accepts before it`),
    ];

    if (biting.length === 0) {
      return {
        outcome: 'pass',
        summary: `No rule of node ${node} outside Calico's dropped a forwarded packet meanwhile.`,
        facts,
      };
    }
    const [first] = biting;
    const isOurs = lost > 0 && packets >= lost;
    if (!isOurs || !first) {
      const summary = `Rules of node ${node} dropped forwarded packets, but not as many as the pod lost: they were others'.`;
      return extra.podConnects.status === 'observed'
        ? { outcome: 'pass', summary, facts }
        : {
            outcome: 'inconclusive',
            summary: `Rules of node ${node} dropped forwarded packets; whose is not known.`,
            facts,
          };
    }
    return {
      outcome: 'fail',
      cause: 'forward-policy-drop',
      confidence: 'certain',
      ruledOut: ['natoutgoing-disabled-ula', 'node-upstream-black-hole'],
      neighbours: [],
      isDeciding: true,
      summary: `Chain ${first.chain} on node ${node} drops the pod's packets (${first.rule}, +${packets} around ${lost} failed attempts) after Calico has let them pass.`,
      facts,
      fix: fixOf(node, first),
    };
  },
});

function fixOf(node: string, { backend, table, chain, rule }: RisenRule): string {
  if (backend === 'nftables')
    return `# on ${node}: accept the pods' packets in this chain, or remove it\nnft -a list chain ${table} ${chain}`;
  if (rule !== 'policy DROP')
    return `# on ${node}: remove the rule, or accept the pods' prefix before it\nip6tables -t ${table} -D ${chain} ${rule}`;
  return [
    `# on ${node}`,
    `ip6tables -P ${chain} ACCEPT`,
    '# Docker sets DROP when it starts: "ip6tables": false in /etc/docker/daemon.json, or a release with moby#48594',
  ].join('\n');
}

/** What Calico's own chains drop is policy. An INVALID packet is none of ours: a first SYN never is. */
function isForeignForwardDrop({ chain, table, rule }: RisenRule): boolean {
  return isForward(chain, table) && isDrop(rule) && !/INVALID|ctstate invalid|ct state invalid/.test(rule);
}

function isForward(chain: string, table: string): boolean {
  const isCalicos = /^cali-/.test(chain) || /\bcalico\b/.test(table);
  return /forward/i.test(chain) && !isCalicos && !table.includes('raw') && !table.includes('mangle');
}

/** Calico appends an ACCEPT for packets that carry its mark; a chain's policy comes after every rule. */
function acceptsFirst(rules: Rules, backend: RisenRule['backend']): boolean {
  return rules.some(
    (each) =>
      each.backend === backend &&
      each.chain === 'FORWARD' &&
      /--mark \S+/.test(each.rule) &&
      /-j ACCEPT/.test(each.rule),
  );
}
