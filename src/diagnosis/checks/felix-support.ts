import type { Evidence } from '../../evidence/evidence.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { releaseOf } from '../../policy/release.ts';
import { felixSetting, type Setting } from '../calico-settings.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { riseOf } from '../counters.ts';
import { attemptsThatEnded } from '../failures.ts';
import { exemptWithoutIPv6, ipv6Of } from '../pod.ts';

export const felixSupport = defineCheck({
  id: 'felix-support',
  stage: 'forwarding',
  title: 'Calico handles IPv6 on the node',
  failureTitle: 'Calico does not handle IPv6 on the node',
  needs: ['pod', 'calico'],
  mayUse: ['calicoNode', 'nodeFilterRules', 'nodeFlows', 'nodeCounters', 'podConnects'],
  causes: ['felix-ipv6-support-off', 'bpf-ipv6-off-or-broken'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, calico }, extra) {
    if (calico.flavour === 'absent') {
      return { outcome: 'not-applicable', summary: 'Calico is not installed in this cluster.', facts: [] };
    }
    const calicoNode = observedIn(extra.calicoNode);
    const support = felixSetting(calico, calicoNode, ipv6Support);
    const bpf = felixSetting(calico, calicoNode, bpfEnabled);
    const chains = chainsIn(extra.nodeFilterRules);
    const facts = [
      support.where,
      ...(bpf.isOn ? [bpf.where] : []),
      ...(chains === null ? [] : [`${chains} IPv6 rules in chains of Calico's on ${pod.nodeName}`]),
    ];
    const version = calico.version ?? calicoNode?.version ?? null;
    if (bpf.isOn && support.isOn !== false && releaseOf(version)?.isAtLeast(3, 28) === false) {
      return tooOld(pod.nodeName, version, facts);
    }
    if (support.isOn === false) {
      const isOurs = isSeen(extra, ipv6Of(pod));
      return bpf.isOn
        ? bpfOff(pod.nodeName, support, facts)
        : supportOff(pod.nodeName, support, { facts, isOurs, isConfirmed: (chains ?? 0) === 0 });
    }
    if (support.isOn === null && (chains === null || chains === 0)) {
      return {
        outcome: 'inconclusive',
        summary: `Whether Felix handles IPv6 on node ${pod.nodeName} is not known: it depends on ${support.where}.`,
        facts,
      };
    }
    return { outcome: 'pass', summary: `Felix handles IPv6 on node ${pod.nodeName}.`, facts };
  },
});

const ipv6Support = { field: 'ipv6Support', variable: 'FELIX_IPV6SUPPORT', byDefault: true };
const bpfEnabled = { field: 'bpfEnabled', variable: 'FELIX_BPFENABLED', byDefault: false };

interface Seen {
  readonly facts: readonly string[];
  readonly isOurs: boolean;
  /** No chain of Calico's contradicts the setting. */
  readonly isConfirmed: boolean;
}

function supportOff(node: string | null, { where }: Setting, { facts, isOurs, isConfirmed }: Seen): Judgement {
  return {
    outcome: 'fail',
    cause: 'felix-ipv6-support-off',
    confidence: isConfirmed ? 'certain' : 'likely',
    ruledOut: ['bpf-ipv6-off-or-broken'],
    neighbours: [],
    isDeciding: isOurs && isConfirmed,
    summary: `Felix's IPv6 support is off on node ${node} (${where}): nothing forwards, translates or protects IPv6 there, and every network policy is silently not enforced for it.`,
    facts,
    fix: fixOf(where),
  };
}

function bpfOff(node: string | null, { where }: Setting, facts: readonly string[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'bpf-ipv6-off-or-broken',
    confidence: 'certain',
    ruledOut: ['felix-ipv6-support-off'],
    neighbours: [],
    isDeciding: false,
    summary: `Node ${node} runs the eBPF dataplane with IPv6 support off (${where}), and its IPv4 program drops every IPv6 packet of a pod.`,
    facts,
    fix: fixOf(where),
  };
}

function tooOld(node: string | null, version: string | null, facts: readonly string[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'bpf-ipv6-off-or-broken',
    confidence: 'likely',
    ruledOut: ['felix-ipv6-support-off'],
    neighbours: [],
    isDeciding: false,
    summary: `Node ${node} runs the eBPF dataplane of Calico ${version}, which carries IPv6 from v3.28 on.`,
    facts: [...facts, `Calico ${version}`],
    fix: '# upgrade Calico to v3.28 or newer; until then turn the eBPF dataplane off:\nkubectl patch felixconfiguration default --type merge -p \'{"spec":{"bpfEnabled":false}}\'',
  };
}

function fixOf(where: string): string {
  if (where.startsWith('FelixConfiguration')) {
    return `kubectl patch felixconfiguration default --type merge -p '{"spec":{"ipv6Support":true}}'`;
  }
  return [
    '# where the operator manages Calico it follows the IPv6 pools of the Installation; in a manifest, for each namespace of calico-node:',
    "kubectl -n $(kubectl get ds -A -l k8s-app=calico-node -o jsonpath='{.items[0].metadata.namespace}') set env daemonset/calico-node FELIX_IPV6SUPPORT=true",
  ].join('\n');
}

/** Calico's own IPv6 rules; null where no packet filter was read. */
function chainsIn(rules: Observation<Evidence['nodeFilterRules']>): number | null {
  if (rules.status !== 'observed') return null;
  return rules.value.after.filter(({ chain, table }) => /^cali-/.test(chain) || /\bcalico\b/.test(table)).length;
}

interface Extra {
  readonly nodeFlows: Observation<Evidence['nodeFlows']>;
  readonly nodeCounters: Observation<Evidence['nodeCounters']>;
  readonly podConnects: Observation<Evidence['podConnects']>;
}

/** Our packets left under the pod's own address, which Felix translates; or they met a node that does not forward. */
function isSeen({ nodeFlows, nodeCounters, podConnects }: Extra, source: string | null): boolean {
  const lost = attemptsThatEnded(podConnects, ['TIMEOUT']);
  const untranslated = (observedIn(nodeFlows) ?? []).filter(
    ({ isUnreplied, original, reply }) => isUnreplied && original.source === source && reply.destination === source,
  );
  const refused = riseOf(nodeCounters, 'Ip6InAddrErrors') ?? 0;
  return lost > 0 && (untranslated.length > 0 || refused >= lost);
}
