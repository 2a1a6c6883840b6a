import type { Attempt, Evidence } from '../evidence/evidence.ts';
import type { Calico, IPPool, NodeObject, PodObject } from '../evidence/objects.ts';
import type { Judgement } from './check.ts';
import { ipv6Pools, isSingleBlock, poolsAskedFor, whyUnusable } from './ip-pools.ts';
import { podName } from './pod.ts';

/** What is known of a pod that has no IPv6 address. */
export interface Without {
  readonly pod: PodObject;
  /** Null where nobody knows what was asked. */
  readonly attempt: Attempt | null;
  readonly calico: Calico | null;
  readonly node: NodeObject | null;
  readonly events: Evidence['events'] | null;
  readonly names: Evidence['podNames'] | null;
}

const recreate = ({ namespace, name }: PodObject): string => `kubectl -n ${namespace} delete pod ${name}`;

/** A pod with IPv4 alone: asked for, older than the pool, or never asked about. */
export function withoutIPv6({ pod, attempt, calico, names }: Without): Judgement {
  const pools = ipv6Pools(calico).filter(({ isDisabled }) => !isDisabled);
  const families = pod.annotations['cni.projectcalico.org/ipFamilies'];
  const facts = [
    `status.podIPs: ${pod.podIPs.join(', ')}`,
    `annotation cni.projectcalico.org/podIPs: ${pod.annotations['cni.projectcalico.org/podIPs'] ?? 'absent'}`,
    ...(families === undefined ? [] : [`annotation cni.projectcalico.org/ipFamilies: ${families}`]),
    `the pod was created ${pod.createdAt}`,
    ...pools.map(({ name, cidr }) => `IPPool ${name} ${cidr} is enabled`),
    ...pools.flatMap(({ name, createdAt }) =>
      createdAt === undefined ? [] : [`IPPool ${name} was created ${createdAt}`],
    ),
    ...(calico !== null && calico.flavour !== 'absent' && pools.length === 0 ? ['no enabled IPv6 IPPool'] : []),
  ];
  // What no pod of the cluster can have is no fault of this one: the name that leads it astray is.
  const isOffered = names?.some(({ family, outcome }) => family === 6 && outcome === 'answered') === true;
  if (attempt?.name !== undefined && isOffered && calico !== null && ipv6Pools(calico).length === 0) {
    return { outcome: 'not-applicable', summary: `No pod of this cluster has IPv6: there is no IPv6 IPPool.`, facts };
  }

  const isYounger =
    pools.length > 0 && pools.every(({ createdAt }) => createdAt !== undefined && createdAt > pod.createdAt);
  if (families === undefined && isYounger) return predates(pod, pools, facts);
  const mayPredate = calico === null || pools.some(({ createdAt }) => createdAt === undefined);
  const mayBeLedAstray = attempt === null || (attempt.name !== undefined && names === null);
  return notRequested(pod, pools, {
    ...{ families, facts },
    neighbours: [
      ...(mayPredate && families === undefined ? ['pod-predates-ipv6' as const] : []),
      ...(mayBeLedAstray ? ['aaaa-on-ipv4-only-pod' as const] : []),
    ],
  });
}

function predates(pod: PodObject, pools: readonly IPPool[], facts: readonly string[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'pod-predates-ipv6',
    confidence: 'certain',
    ruledOut: ['podips-status-missing-ipv6'],
    neighbours: [],
    isDeciding: false,
    summary: `Pod ${podName(pod)} is older than IPv6 in this cluster: it was created before ${pools.map(({ name }) => `IPPool ${name}`).join(' and ')}, and addresses are given at creation alone.`,
    facts,
    fix:
      pod.workload?.kind === 'Deployment'
        ? `kubectl -n ${pod.namespace} rollout restart deployment ${pod.workload.name}`
        : recreate(pod),
  };
}

interface Asked {
  readonly families: string | undefined;
  readonly facts: readonly string[];
  readonly neighbours: readonly ('pod-predates-ipv6' | 'aaaa-on-ipv4-only-pod')[];
}

function notRequested(pod: PodObject, pools: readonly IPPool[], { families, facts, neighbours }: Asked): Judgement {
  const steps = [
    ...(families === undefined
      ? []
      : [`# remove or widen the annotation cni.projectcalico.org/ipFamilies: ${families}`]),
    ...(pools.length === 0 ? ['# add an IPv6 IPPool (operator: Installation spec.calicoNetwork.ipPools)'] : []),
    '# "assign_ipv6": "true" in the CNI configuration (the operator sets it when it manages an IPv6 pool)',
    `# addresses are assigned when a pod is created, so create it again:\n${recreate(pod)}`,
  ];
  return {
    outcome: 'fail',
    cause: 'pod-ipv6-not-requested',
    confidence: neighbours.length === 0 ? 'certain' : 'likely',
    ruledOut: ['podips-status-missing-ipv6'],
    neighbours,
    isDeciding: false,
    summary: `Pod ${podName(pod)} was never given an IPv6 address: it has ${pod.podIPs.join(', ')} only.`,
    facts,
    fix: steps.join('\n'),
  };
}

const refusal =
  /failed to request IPv6 addresses|no configured Calico pools|given pool .* does not exist|is not enabled|assign .*IPv6|IPv6 .*(exhausted|no more)/i;

/** A pod without any address: where Calico's IPAM had no IPv6 one to give, it takes the IPv4 one back as well. */
export function withoutAddresses({ pod, calico, node, events }: Without): Judgement {
  const said = (events ?? []).filter(({ message }) => refusal.test(message));
  const pools = ipv6Pools(calico).map((pool) => ({ pool, why: whyUnusable(pool, pod, node) }));
  const asked = poolsAskedFor(pod);
  const facts = [
    `phase ${pod.phase}`,
    'status.podIPs is empty',
    ...pod.containers.map(({ name, state }) => `container ${name}: ${state}`),
    ...(asked === null ? [] : [`annotation cni.projectcalico.org/ipv6pools: ${asked.join(', ')}`]),
    ...pools.map(
      ({ pool, why }) =>
        `IPPool ${pool.name} ${pool.cidr}: ${why ?? `usable${isSingleBlock(pool) ? ', a single block of addresses' : ''}`}`,
    ),
    ...said.map(({ reason, message }) => `${reason}: ${message}`),
  ];
  const isStuck =
    said.some(({ message }) => /IPv6|IP version 6/i.test(message)) ||
    (said.length > 0 && (asked !== null || pools.every(({ why }) => why !== null)));
  const hasNone =
    events === null &&
    calico !== null &&
    calico.flavour !== 'absent' &&
    pools.length > 0 &&
    pools.every(({ why }) => why !== null);
  if (pod.phase === 'Pending' && (isStuck || hasNone)) {
    const reasons = pools.flatMap(({ pool, why }) => (why === null ? [] : [`IPPool ${pool.name}: ${why}`]));
    return {
      outcome: 'fail',
      cause: 'ipv6-ipam-cannot-allocate',
      confidence: isStuck ? 'certain' : 'likely',
      ruledOut: ['pod-ipv6-not-requested'],
      neighbours: [],
      isDeciding: false,
      summary: `Pod ${podName(pod)} does not start, because Calico has no IPv6 address to give it${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}.`,
      facts,
      fix: fixOf(pod, pools, asked),
    };
  }
  return {
    outcome: 'inconclusive',
    summary: `Pod ${podName(pod)} is ${pod.phase} and has no addresses at all, so it cannot be tried.`,
    facts,
    settledBy: `Ask about a pod that runs, or see why this one does not: kubectl -n ${pod.namespace} describe pod ${pod.name}`,
  };
}

function fixOf(
  pod: PodObject,
  pools: readonly { readonly pool: IPPool; readonly why: string | null }[],
  asked: readonly string[] | null,
): string {
  const steps = pools.flatMap(({ pool, why }) => {
    if (why?.startsWith('disabled'))
      return [`kubectl patch ippool ${pool.name} --type merge -p '{"spec":{"disabled":false}}'`];
    if (why?.startsWith('assignmentMode'))
      return [`kubectl patch ippool ${pool.name} --type merge -p '{"spec":{"assignmentMode":"Automatic"}}'`];
    if (why?.startsWith('nodeSelector'))
      return [
        `# label node ${pod.nodeName}, or widen the selector:\nkubectl patch ippool ${pool.name} --type merge -p '{"spec":{"nodeSelector":"all()"}}'`,
      ];
    return [];
  });
  return [
    ...(asked === null
      ? []
      : [
          `# correct the annotation cni.projectcalico.org/ipv6pools where the pod comes from; there is ${pools.map(({ pool }) => pool.name).join(', ') || 'no IPv6 IPPool'}`,
        ]),
    ...steps,
    ...(steps.length === 0 && asked === null
      ? ['# is a pool full, or too small? calicoctl ipam show --show-blocks; calicoctl ipam check']
      : []),
    '# the kubelet tries again by itself',
  ].join('\n');
}
