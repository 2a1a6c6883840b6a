import type { Attempt, Evidence } from '../../evidence/evidence.ts';
import type { StoredObject } from '../../evidence/objects.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { compilePolicies } from '../../policy/compile.ts';
import { endpointOf } from '../../policy/endpoint.ts';
import { evaluateEgress } from '../../policy/evaluate.ts';
import type { PolicyVerdict } from '../../policy/model.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded } from '../failures.ts';
import { isDrop, risenRules } from '../filter-counters.ts';
import { lostAdminPolicy, successorOf } from '../lost-policy.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';
import { type Denial, denialOf, nameOf } from '../policy-denial.ts';
import { repairOf } from '../policy-repair.ts';
import { tallyOf } from '../tally.ts';

export const egressPolicy = defineCheck({
  id: 'egress-policy',
  stage: 'policy',
  title: 'Policies let the pod send over IPv6',
  failureTitle: 'A policy denies the pod its IPv6 egress',
  needs: ['attempt', 'pod', 'policies'],
  mayUse: ['calico', 'podConnects', 'nodeFilterRules'],
  causes: [
    'k8s-np-egress-isolated-no-v6',
    'k8s-np-ipv4-only-ipblock',
    'calico-policy-deny',
    'calico-rule-ipv4-cidr-skipped-for-v6',
    'tier-default-deny',
    'admin-policy-deny',
    'admin-policy-lost-on-upgrade',
  ],
  exempts: exemptWithoutIPv6,

  evaluate({ attempt, pod, policies }, { calico, podConnects, nodeFilterRules }) {
    const model = compilePolicies(policies, observedIn(calico));
    const source = endpointOf(pod, policies);
    const answers = attempt.destinations.map((destination): Answer => {
      const { address, port } = destination;
      return { destination, verdict: evaluateEgress(model, source, { address, port, protocol: 'TCP' }) };
    });
    const ipv6 = answers.filter(({ destination }) => destination.family === 6);
    const ipv4 = answers.filter(({ destination }) => destination.family === 4);
    const drops = policyDrops(nodeFilterRules, podConnects);
    const facts = [...answers.map(describe), ...drops.facts];
    const denied = ipv6.filter(({ verdict }) => verdict.allowed === false);
    const doubtful = ipv6.filter(({ verdict }) => verdict.allowed === null);

    const [first] = denied;
    if (first === undefined) return notDenied(podName(pod), ipv6, doubtful, drops, facts);

    const connected = tallyOf(observedIn(podConnects) ?? []).filter((tally) => tally.connected > 0);
    const arrives = denied.every(({ destination }) => connected.some(({ address }) => address === destination.address));
    if (arrives) return notEnforced(podName(pod), denied, facts);

    const hasIPv4 = pod.podIPs.some((address) => !address.includes(':'));
    const isShutInBoth =
      hasIPv4 &&
      ipv4.length > 0 &&
      denied.length === ipv6.length &&
      ipv4.every(({ verdict }) => verdict.allowed === false);
    const denial = denialOf(first.verdict, placeOf(first), pod, policies);
    if (isShutInBoth && !attempt.isNamed) {
      return {
        outcome: 'inconclusive',
        summary: `Egress of pod ${podName(pod)} is restricted by design: policies deny what was tried over IPv4 as well as over IPv6. ${denial.summary}`,
        facts,
        isByDesign: true,
        settledBy: `Name a destination that this pod should reach: ${podName(pod)} to <address or name>:<port>.`,
      };
    }

    const flavour = observedIn(calico)?.flavour ?? 'absent';
    const lost = lostAdminPolicy(first.destination, pod, policies, observedIn(calico));
    if (lost !== null) return lostOnUpgrade(lost, { denial, drops, facts }, observedIn(calico)?.version ?? '');
    return {
      outcome: 'fail',
      cause: denial.cause,
      // Other networks may not enforce what their API server stores.
      confidence: flavour !== 'absent' || drops.areOurs ? 'certain' : 'likely',
      ruledOut: [],
      neighbours: [],
      isDeciding: drops.areOurs,
      summary: denial.summary,
      facts,
      fix: repairOf(
        denial.culprit,
        attempt,
        denied.map(({ destination }) => destination),
      ),
    };
  },
});

interface Answer {
  readonly destination: Attempt['destinations'][number];
  readonly verdict: PolicyVerdict;
}

function lostOnUpgrade(
  lost: StoredObject,
  { denial, drops, facts }: { readonly denial: Denial; readonly drops: Drops; readonly facts: readonly string[] },
  version: string,
): Judgement {
  const { name } = lost.metadata;
  return {
    outcome: 'fail',
    cause: 'admin-policy-lost-on-upgrade',
    confidence: 'certain',
    ruledOut: ['admin-policy-deny'],
    neighbours: [],
    isDeciding: drops.areOurs,
    summary: `AdminNetworkPolicy ${name} would admit this, and Calico ${version} no longer enforces its kind, so what it used to override holds. ${denial.summary}`,
    facts: [...facts, `AdminNetworkPolicy ${name} is stored and not enforced by Calico ${version}`],
    fix: successorOf(lost),
  };
}

function notDenied(
  name: string,
  ipv6: readonly Answer[],
  doubtful: readonly Answer[],
  drops: Drops,
  facts: readonly string[],
): Judgement {
  const issues = [...new Set(ipv6.flatMap(({ verdict }) => verdict.issues))];
  if (ipv6.length === 0) {
    return { outcome: 'inconclusive', summary: 'No IPv6 destination was tried, so no policy was evaluated.', facts };
  }
  if (doubtful.length > 0) {
    return {
      outcome: 'inconclusive',
      summary: `Whether policies let pod ${name} send to ${doubtful.map(placeOf).join(' and ')} is in doubt: ${issues.join('; ')}.`,
      facts: [...facts, ...issues],
    };
  }
  if (drops.areOurs) {
    return {
      outcome: 'inconclusive',
      summary: `The policies that were read let pod ${name} send, and yet a policy chain of its node drops as many packets as it lost.`,
      facts,
      settledBy: 'Ask again: Calico may not have programmed a recent change yet. Then see the logs of calico-node.',
    };
  }
  const isFree = ipv6.every(({ verdict }) => verdict.because === 'not-isolated');
  return {
    outcome: 'pass',
    summary: isFree
      ? `No policy isolates pod ${name} for egress.`
      : `The policies that select pod ${name} admit what was tried over IPv6.`,
    facts: [...facts, ...issues],
  };
}

/** Policies that deny what arrives are a hole, and no reason why something fails. */
function notEnforced(name: string, denied: readonly Answer[], facts: readonly string[]): Judgement {
  return {
    outcome: 'inconclusive',
    summary: `Policies deny pod ${name} the way to ${denied.map(placeOf).join(' and ')}, and it connects all the same: they are not enforced for IPv6, which is a security problem of its own.`,
    facts,
    settledBy: 'See whether calico-node runs with FELIX_IPV6SUPPORT=false or FelixConfiguration ipv6Support: false.',
  };
}

interface Drops {
  readonly areOurs: boolean;
  readonly facts: readonly string[];
}

/** Calico's chains for a pod's egress and for policies, in ip6tables and in nftables. */
function policyDrops(
  rules: Observation<Evidence['nodeFilterRules']>,
  connects: Observation<Evidence['podConnects']>,
): Drops {
  const risen = risenRules(rules).filter(
    ({ chain, rule }) =>
      /cali-(fw|po|pi|go|gi|pro)-/.test(chain) && isDrop(rule) && !/INVALID|ct state invalid/.test(rule),
  );
  const packets = risen.reduce((sum, { rise }) => sum + rise, 0);
  const lost = attemptsThatEnded(connects, ['TIMEOUT', 'ECONNREFUSED', 'EACCES', 'FAILED']);
  return {
    areOurs: lost > 0 && packets >= lost,
    facts: risen.map(({ chain, rule, rise }) => `${chain} ${rule}: +${rise} packets`),
  };
}

function describe({ destination, verdict }: Answer): string {
  const place = placeOf({ destination, verdict });
  const missed = verdict.nearMisses.map((rule) => `${nameOf(rule)} ${rule.path}: ${rule.missed}`);
  const because = [...verdict.by.map((rule) => `${nameOf(rule)} ${rule.path}`), ...verdict.isolatedBy.map(nameOf)];
  const answer = verdict.allowed === null ? 'in doubt' : verdict.allowed ? 'allowed' : 'denied';
  const why = [...new Set(because)].join(', ');
  return `${place} ${answer} (${verdict.because}${why && `: ${why}`})${missed.length > 0 ? `; not admitted by ${missed.join('; ')}` : ''}`;
}

function placeOf({ destination: { address, port, family } }: Answer): string {
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
