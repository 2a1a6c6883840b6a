import type { Evidence } from '../../evidence/evidence.ts';
import type { FilterRule } from '../../evidence/flows.ts';
import { observed, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded, outcomesOf } from '../failures.ts';
import { calicoBackends, isCalicos } from '../filter-chains.ts';
import { describeRise, isDrop, type RisenRule, risenRules } from '../filter-counters.ts';
import { hostInterface } from '../host-interface.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';
import { whyUntranslated } from '../translation.ts';

export const calicoRules = defineCheck({
  id: 'calico-rules',
  stage: 'firewall',
  title: 'Calico has written its IPv6 rules for the pod',
  failureTitle: "Calico's IPv6 rules on the node are not those that it should have written",
  needs: ['pod', 'attempt', 'nodeFilterRules'],
  mayUse: [
    'podConnects',
    'calico',
    'calicoNode',
    'nodeFlows',
    'nodeAddressSets',
    'nodeDestinationRoutes',
    'nodeRoutes',
  ],
  causes: ['felix-not-programmed', 'ip6tables-programming-failed'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, attempt, nodeFilterRules }, extra) {
    const rules = nodeFilterRules.after;
    const backends = calicoBackends(rules);
    const node = pod.nodeName ?? 'the node';
    if (backends.length === 0) {
      return {
        outcome: 'not-applicable',
        summary: `No IPv6 rule of Calico's is on node ${node}, so none of them stops a packet.`,
        facts: [],
      };
    }
    const isBpf = extra.calico.status === 'observed' && extra.calico.value.felix.bpfEnabled === true;
    if (isBpf || observedIn(extra.calicoNode)?.environment.FELIX_BPFENABLED === 'true') {
      return {
        outcome: 'not-applicable',
        summary: `Calico filters with eBPF programs on node ${node}, not with rules.`,
        facts: [],
      };
    }
    const veth = hostInterface(pod, observedIn(extra.calicoNode));
    const knowing = backends.filter((backend) => rules.some((rule) => rule.backend === backend && names(rule, veth)));
    const unknown = risenRules(observed(nodeFilterRules, 'node')).filter(
      (rule) => isCalicos(rule) && isDrop(rule.rule) && rule.rule.includes('Unknown interface'),
    );
    const lost = attemptsThatEnded(extra.podConnects, outcomesOf(unknown[0]?.rule ?? ''));
    const state = observedIn(extra.calicoNode);
    const scene: Scene = {
      ...{ node, veth, name: podName(pod), state, lost },
      facts: [
        `Calico's chains are in ${backends.join(' and ')}`,
        `${veth} is known in ${knowing.join(' and ') || 'none of them'}`,
        ...unknown.map(describeRise),
        ...(state ? [`pod ${state.namespace}/${state.pod} is ${state.isReady ? 'ready' : 'not ready'}`] : []),
      ],
    };
    const [drop] = unknown.filter(({ backend, rise }) => !knowing.includes(backend) && lost > 0 && rise >= lost);
    if (drop) return backends.length > 1 ? staleRules(scene, drop, backends) : notProgrammed(scene, drop);
    if (whyUntranslated(pod, attempt, extra, rules) === 'no-chain') return noNatTable(scene, backends);
    return {
      outcome: 'pass',
      summary: `Calico's rules on node ${node} dropped no packet of the pod's as one of an unknown interface.`,
      facts: scene.facts,
    };
  },
});

interface Scene {
  readonly node: string;
  readonly veth: string;
  readonly name: string;
  readonly state: Evidence['calicoNode'] | null;
  readonly lost: number;
  readonly facts: readonly string[];
}

const common = { outcome: 'fail', confidence: 'certain', neighbours: [], isDeciding: true } as const;

function notProgrammed({ node, veth, name, state, lost, facts }: Scene, { chain, rise }: RisenRule): Judgement {
  return {
    ...common,
    cause: 'felix-not-programmed',
    ruledOut: ['ip6tables-programming-failed', 'host-pod-route-missing'],
    summary: `Calico on node ${node} has no rules for ${veth} of pod ${name}, and drops its packets as those of an unknown interface (${chain} +${rise} around ${lost} failed attempts).`,
    facts,
    fix: [
      "# why it is behind: its log, its connection to Typha and the API server, and its service account's rights",
      `kubectl -n ${state?.namespace ?? 'calico-system'} logs ${state?.pod ?? '-l k8s-app=calico-node'} -c calico-node --tail=200 | grep -iE 'error|warn|sync'`,
      `kubectl -n ${state?.namespace ?? 'calico-system'} delete pod ${state?.pod ?? `-l k8s-app=calico-node --field-selector spec.nodeName=${node}`}`,
    ].join('\n'),
  };
}

function staleRules(scene: Scene, { backend, chain, rise }: RisenRule, backends: readonly string[]): Judgement {
  const { node, veth, name, lost, facts } = scene;
  const command = backend === 'legacy' ? 'ip6tables-legacy' : 'ip6tables-nft';
  return {
    ...common,
    cause: 'ip6tables-programming-failed',
    ruledOut: ['felix-not-programmed'],
    summary: `Calico's rules are in ${backends.join(' and ')} on node ${node}, and those in ${backend} do not know ${veth}: they are left over, and drop the packets of pod ${name} (${chain} +${rise} around ${lost} failed attempts).`,
    facts,
    fix: [
      `# on ${node}: take away what an earlier installation left in ${backend}; kube-proxy and Calico write their own anew`,
      backend === 'nftables'
        ? 'nft delete table ip6 calico'
        : `${command}-save | grep -v cali | ${command}-restore   # and pin FelixConfiguration iptablesBackend: ${backend === 'legacy' ? 'NFT' : 'Legacy'}`,
    ].join('\n'),
  };
}

function noNatTable({ node, name, state, facts }: Scene, backends: readonly string[]): Judgement {
  return {
    ...common,
    cause: 'ip6tables-programming-failed',
    ruledOut: ['natoutgoing-disabled-ula', 'felix-nat-config-breaks-v6', 'masquerade-skipped-dest-in-pool'],
    summary: `Calico has written its filter rules on node ${node} and no IPv6 nat chain, although the pool of pod ${name} asks for translation: its writes of that table fail.`,
    facts: [...facts, `${backends.join(' and ')}: no chain cali-nat-outgoing`],
    fix: [
      '# the error is in its log: a missing module (ip6table_nat, nft_masq, xt_set) or a binary that does not fit the kernel',
      `kubectl -n ${state?.namespace ?? 'calico-system'} logs ${state?.pod ?? '-l k8s-app=calico-node'} -c calico-node | grep -E 'ip6?tables-restore|nft|ipVersion=0x6'`,
      `# on ${node}`,
      'modprobe -a ip6table_nat ip6t_MASQUERADE nft_masq xt_set',
    ].join('\n'),
  };
}

/** A rule or a verdict map that hands the packets of this interface on. */
function names({ rule, chain }: FilterRule, veth: string): boolean {
  return chain.endsWith(veth) || rule.includes(`-i ${veth}`) || rule.includes(`"${veth}"`);
}
