import type { Attempt, Evidence } from '../../evidence/evidence.ts';
import type { NameLookup } from '../../evidence/flows.ts';
import { observedIn } from '../../evidence/observation.ts';
import { compilePolicies } from '../../policy/compile.ts';
import { endpointOf } from '../../policy/endpoint.ts';
import { evaluateEgress } from '../../policy/evaluate.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { describeLookup, repairOfNames } from '../names.ts';
import { isOnNat64 } from '../networks.ts';
import { exemptInNodesNetwork, ipv6Of, podName } from '../pod.ts';
import { denialOf } from '../policy-denial.ts';
import { tallyOf } from '../tally.ts';

export const nameResolution = defineCheck({
  id: 'name-resolution',
  stage: 'dns',
  title: 'Names get IPv6 addresses in the pod',
  failureTitle: 'Names get no IPv6 address in the pod',
  needs: ['attempt', 'pod', 'podResolvers'],
  mayUse: ['podNames', 'podConnects', 'policies', 'calico'],
  causes: ['dns-no-aaaa', 'aaaa-on-ipv4-only-pod', 'resolver-wrong-family', 'dns-blocked-by-policy'],
  exempts: exemptInNodesNetwork,

  evaluate({ attempt, pod, podResolvers }, extra) {
    const connects = observedIn(extra.podConnects) ?? [];
    const tallies = tallyOf(connects).filter(({ family }) => family === 6);
    const lookups = attempt.name === undefined ? [] : (observedIn(extra.podNames) ?? []);
    const scene: Scene = {
      ...{ attempt, pod, resolvers: podResolvers, lookups },
      aaaa: lookups.find(({ family }) => family === 6) ?? null,
      a: lookups.find(({ family }) => family === 4) ?? null,
      getsOut: tallies.some(({ connected }) => connected > 0),
      facts: [...podResolvers.map((each) => `nameserver ${each}`), ...lookups.map(describeLookup)],
    };
    const { aaaa, facts } = scene;
    if (ipv6Of(pod) === null) return ofIPv4Pod(scene, observedIn(extra.calico));
    const unusable =
      podResolvers.length > 0 && podResolvers.every((each) => !pod.podIPs.some((own) => isAlike(own, each)));
    if (unusable && aaaa?.outcome !== 'answered') return wrongFamily(scene);
    if (attempt.name === undefined) {
      return {
        outcome: 'pass',
        summary: `The name servers of pod ${podName(pod)} are of a family that it has.`,
        facts,
      };
    }
    if (aaaa === null) {
      return {
        outcome: 'inconclusive',
        summary: `Whether ${attempt.name.host} has an IPv6 address for pod ${podName(pod)} was not asked from the pod.`,
        facts: [...facts, ...(extra.podNames.status === 'failed' ? [extra.podNames.detail] : [])],
      };
    }
    const synthesized = aaaa.addresses.filter(isOnNat64);
    if (aaaa.outcome === 'answered' && synthesized.length === aaaa.addresses.length) {
      const isReached = tallies.some(({ address, connected }) => synthesized.includes(address) && connected > 0);
      if (!isReached) return untranslated(scene, synthesized, tallies.length > synthesized.length && scene.getsOut);
    }
    if (aaaa.outcome === 'answered') {
      return {
        outcome: 'pass',
        summary: `${attempt.name.host} has ${aaaa.addresses.join(', ')} for pod ${podName(pod)}.`,
        facts,
      };
    }
    const blocked = blockedBy(scene, observedIn(extra.policies), observedIn(extra.calico));
    return blocked ?? withoutAnswer(scene);
  },
});

interface Scene {
  readonly attempt: Attempt;
  readonly pod: Evidence['pod'];
  readonly resolvers: readonly string[];
  readonly lookups: readonly NameLookup[];
  readonly aaaa: NameLookup | null;
  readonly a: NameLookup | null;
  /** Addresses connect: then a name that does not is what is broken. */
  readonly getsOut: boolean;
  readonly facts: readonly string[];
}

const isAlike = (a: string, b: string): boolean => a.includes(':') === b.includes(':');

/** A pod that was given IPv4 alone, in a cluster that gives no IPv6, and a name that has an IPv6 address. */
function ofIPv4Pod({ attempt, pod, aaaa, facts }: Scene, calico: Evidence['calico'] | null): Judgement {
  const pools = calico?.ipPools.filter(({ cidr, isDisabled }) => cidr.includes(':') && !isDisabled) ?? null;
  if (attempt.name === undefined || aaaa?.outcome !== 'answered' || pools === null || pools.length > 0) {
    return { outcome: 'not-applicable', summary: 'The pod has no IPv6 address that a name could lead it to.', facts };
  }
  return {
    outcome: 'fail',
    cause: 'aaaa-on-ipv4-only-pod',
    confidence: 'certain',
    ruledOut: ['pod-predates-ipv6'],
    neighbours: [],
    isDeciding: true,
    summary: `Pod ${podName(pod)} has IPv4 only, as every pod of this cluster, and ${attempt.name.host} resolves to ${aaaa.addresses.join(', ')}: whoever dials that fails at once, and nothing of its IPv6 is broken.`,
    facts: [...facts, `status.podIPs: ${pod.podIPs.join(', ')}`, 'no enabled IPv6 IPPool'],
    fix: '# let the application take IPv4 (most do after a failed attempt), or make the cluster dual-stack:\n# an IPv6 IPPool and "assign_ipv6": "true" (operator: Installation spec.calicoNetwork.ipPools), then create the pods again',
  };
}

function wrongFamily({ pod, resolvers, attempt, getsOut, facts }: Scene): Judgement {
  return {
    outcome: 'fail',
    cause: 'resolver-wrong-family',
    confidence: 'certain',
    ruledOut: ['dns-no-aaaa', 'dns-blocked-by-policy'],
    neighbours: [],
    isDeciding: attempt.name !== undefined && getsOut,
    summary: `The name servers of pod ${podName(pod)}, ${resolvers.join(', ')}, are of a family that it has no address of, so it resolves no name at all.`,
    facts: [...facts, `status.podIPs: ${pod.podIPs.join(', ')}`],
    fix: repairOfNames('resolver', pod, resolvers),
  };
}

function untranslated({ attempt, pod, facts }: Scene, addresses: readonly string[], isControlled: boolean): Judgement {
  return {
    outcome: 'fail',
    cause: 'dns-no-aaaa',
    confidence: isControlled ? 'certain' : 'likely',
    ruledOut: ['resolver-wrong-family', 'dns-blocked-by-policy'],
    neighbours: isControlled ? [] : ['node-upstream-black-hole'],
    isDeciding: isControlled,
    summary: `${attempt.name?.host} has no IPv6 address of its own: DNS64 made up ${addresses.join(', ')} for pod ${podName(pod)}, and no NAT64 translates it.`,
    facts,
    fix: '# route 64:ff9b::/96 to a NAT64 gateway, or take the dns64 plugin out of the Corefile:\nkubectl -n kube-system edit configmap coredns',
  };
}

/** The evaluator's answer for the name servers; only where the pod heard nothing from them. */
function blockedBy(
  scene: Scene,
  policies: Evidence['policies'] | null,
  calico: Evidence['calico'] | null,
): Judgement | null {
  const { pod, resolvers, aaaa, a, attempt, getsOut, facts } = scene;
  const isSilent = [aaaa, a].every(
    (each) => each === null || ['timeout', 'failed', 'not-found'].includes(each.outcome),
  );
  if (!isSilent || policies === null) return null;
  const model = compilePolicies(policies, calico);
  const source = endpointOf(pod, policies);
  const usable = resolvers.filter((each) => pod.podIPs.some((own) => isAlike(own, each)));
  const answers = usable.map((address) => ({
    address,
    // The packet is judged after kube-proxy has turned a service's address into a pod's, which no selector of ours sees.
    verdict: evaluateEgress(model, source, { address, port: 53, protocol: 'UDP' }),
  }));
  const denied = answers.filter(({ verdict }) => verdict.allowed === false);
  const [first] = denied;
  if (first === undefined || denied.length < answers.length) return null;
  const place = first.address.includes(':') ? `[${first.address}]:53` : `${first.address}:53`;
  const denial = denialOf(first.verdict, `${place} (DNS)`, pod, policies);
  return {
    outcome: 'fail',
    cause: 'dns-blocked-by-policy',
    confidence: 'certain',
    ruledOut: ['dns-no-aaaa', 'resolver-wrong-family'],
    neighbours: [],
    isDeciding: getsOut,
    summary: `Pod ${podName(pod)} gets no answer from its name server, so ${attempt.name?.host} has no address for it, while addresses connect. ${denial.summary}`,
    facts: [...facts, ...answers.map(({ address, verdict }) => `${address} UDP 53: ${verdict.because}`)],
    fix: repairOfNames('policy', pod, resolvers),
  };
}

function withoutAnswer({ attempt, pod, aaaa, a, resolvers, getsOut, facts }: Scene): Judgement {
  const host = attempt.name?.host ?? '';
  const isNameKnown = a?.outcome === 'answered' || aaaa?.outcome === 'none';
  if (!isNameKnown) {
    return {
      outcome: 'inconclusive',
      summary: `The name servers of pod ${podName(pod)} do not tell whether ${host} has an IPv6 address (${aaaa?.outcome}).`,
      facts,
      settledBy: `Ask again, or look at the name servers: ${resolvers.join(', ')}.`,
    };
  }
  return {
    outcome: 'fail',
    cause: 'dns-no-aaaa',
    confidence: 'certain',
    ruledOut: ['resolver-wrong-family', 'dns-blocked-by-policy'],
    neighbours: [],
    isDeciding: getsOut,
    summary: `${host} has no IPv6 address for pod ${podName(pod)}: its name server answers${a?.outcome === 'answered' ? ` with ${a.addresses.join(', ')}` : ''} and has no AAAA record, while IPv6 addresses connect.`,
    facts,
    fix: repairOfNames('record', pod, resolvers),
  };
}
