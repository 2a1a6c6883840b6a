import type { Evidence } from '../../evidence/evidence.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded, lostOnTheWay } from '../failures.ts';
import { isDrop, risenRules } from '../filter-counters.ts';
import { containsIPv6 } from '../networks.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';

export const podSourceAddress = defineCheck({
  id: 'pod-source-address',
  stage: 'pod-route',
  title: 'Pod sends from the address that Calico gave it',
  failureTitle: 'Pod sends from an address that Calico did not give it',
  needs: ['pod', 'podAddresses'],
  mayUse: ['podDestinationRoutes', 'nodeFilterRules', 'podConnects'],
  causes: ['pod-source-not-wep-address'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, podAddresses }, { podDestinationRoutes, nodeFilterRules, podConnects }) {
    const own = ipv6Of(pod) ?? '';
    const facts = podAddresses
      .filter(({ scope }) => scope === 'global')
      .map(({ address, prefixLength, device, flags }) => `${address}/${prefixLength} dev ${device} ${flags.join(' ')}`);
    const sources = sourcesOf(podDestinationRoutes);
    const strangers = sources.filter((source) => source !== own && !isAllowed(pod, source));
    const [stranger] = strangers;
    if (stranger !== undefined) {
      const drops = spoofDrops(nodeFilterRules, podConnects);
      const seen = [`the pod's kernel chooses ${strangers.join(', ')} for what was tried`, ...facts, ...drops.facts];
      const link = podAddresses.find(({ address }) => address === own)?.device;
      // By another interface another address is right, and the way is what is wrong.
      const isAstray = (observedIn(podDestinationRoutes) ?? []).every(({ device }) => device !== link);
      const confidence = isAstray && !drops.areOurs ? 'likely' : 'certain';
      return foreign(pod, stranger, { facts: seen, confidence, isDeciding: drops.areOurs });
    }
    if (sources.length > 0) {
      return { outcome: 'pass', summary: `Pod ${podName(pod)} sends from ${sources.join(' and ')}.`, facts };
    }

    const device = podAddresses.find(({ address }) => address === own)?.device;
    const others = podAddresses.filter(
      (each) => each.scope === 'global' && each.address !== own && each.device === device,
    );
    const isShunned = podAddresses.some(({ address, flags }) => address === own && flags.includes('deprecated'));
    const [other] = others;
    if (other === undefined) {
      return { outcome: 'pass', summary: `Pod ${podName(pod)} has no other address to send from than ${own}.`, facts };
    }
    const drops = spoofDrops(nodeFilterRules, podConnects);
    if (isShunned || drops.areOurs) {
      const seen = [...facts, ...drops.facts];
      return foreign(pod, other.address, { facts: seen, confidence: 'likely', isDeciding: drops.areOurs });
    }
    return {
      outcome: 'inconclusive',
      summary: `Pod ${podName(pod)} has ${other.address} beside ${own}, and which of the two it sends from was not asked.`,
      facts,
    };
  },
});

interface Seen {
  readonly facts: readonly string[];
  readonly confidence: 'certain' | 'likely';
  readonly isDeciding: boolean;
}

function foreign(pod: Evidence['pod'], source: string, { facts, confidence, isDeciding }: Seen): Judgement {
  return {
    outcome: 'fail',
    cause: 'pod-source-not-wep-address',
    confidence,
    ruledOut: confidence === 'likely' ? [] : ['pod-no-default-v6-route'],
    neighbours: confidence === 'likely' ? ['pod-no-default-v6-route', 'host-pod-route-missing'] : [],
    isDeciding,
    summary: `Pod ${podName(pod)} sends from ${source}, which Calico does not know for it, so the node's reverse path filter drops its packets.`,
    facts,
    fix: [
      `# take ${source} away again (a VPN, VRRP, Multus or an entrypoint added it), or create the pod again:`,
      `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
      '# where the address is meant: FelixConfiguration workloadSourceSpoofing: Any, and on the pod, when it is created,',
      `# cni.projectcalico.org/allowedSourcePrefixes: '["${source}/128"]'`,
    ].join('\n'),
  };
}

function sourcesOf(lookups: Observation<Evidence['podDestinationRoutes']>): string[] {
  const found = (observedIn(lookups) ?? []).flatMap(({ source, problem }) =>
    source === null || problem !== null ? [] : [source],
  );
  return [...new Set(found)];
}

/** Prefixes that the pod was allowed to send from when it was created. */
function isAllowed({ annotations }: Evidence['pod'], source: string): boolean {
  const text = annotations['cni.projectcalico.org/allowedSourcePrefixes'] ?? '';
  return [...text.matchAll(/"([^"]+)"/g)].some(([, prefix = '']) => containsIPv6(prefix, source));
}

function spoofDrops(
  rules: Observation<Evidence['nodeFilterRules']>,
  connects: Observation<Evidence['podConnects']>,
): { readonly areOurs: boolean; readonly facts: readonly string[] } {
  const risen = risenRules(rules).filter(({ rule }) => /rpfilter|fib saddr/.test(rule) && isDrop(rule));
  const packets = risen.reduce((sum, { rise }) => sum + rise, 0);
  const lost = attemptsThatEnded(connects, lostOnTheWay);
  return {
    areOurs: lost > 0 && packets >= lost,
    facts: risen.map(({ chain, rule, rise }) => `${chain} ${rule}: +${rise} packets`),
  };
}
