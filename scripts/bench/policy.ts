import type { PodObject, StoredObject } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import { compareSets } from '../../src/policy/simulate.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { percentile, rounded, type Spread, spreadOf, timesOf } from './measure.ts';

export interface PolicyFigures {
  readonly explainMs: Spread;
  readonly simulateMs: Spread;
  readonly compileMs: number;
  readonly rssMb: number;
  readonly growth: readonly { readonly policies: number; readonly pods: number; readonly explainMs: number }[];
}

export interface PolicySizes {
  readonly policies: number;
  readonly pods: number;
}

const destination = { family: 6, address: '2001:4860:4860::8888', port: 443 } as const;

/** What the policies cost: to compile, to explain one pod's egress with, and to simulate one more with. */
export function benchPolicy({ policies, pods }: PolicySizes): PolicyFigures {
  const smaller = [0.01, 0.1].map((share) => {
    const sizes = { policies: Math.max(1, Math.round(policies * share)), pods: Math.max(1, Math.round(pods * share)) };
    return { ...sizes, explainMs: percentile(explainTimes(clusterOf(sizes)), 50) };
  });

  const cluster = clusterOf({ policies, pods });
  const compileTimes = timesOf([1, 2, 3, 4, 5], () => compilePolicies(cluster.policies, cluster.calico));
  const explainMs = spreadOf(explainTimes(cluster));
  const simulateMs = spreadOf(simulateTimes(cluster));
  return {
    explainMs,
    simulateMs,
    compileMs: percentile(compileTimes, 50),
    rssMb: rounded(process.memoryUsage.rss() / 2 ** 20),
    growth: [...smaller, { policies, pods, explainMs: explainMs.p50 }],
  };
}

/** The same number of pods everywhere, from all over the cluster, so that medians can be compared. */
function sampleOf(pods: readonly PodObject[], count: number): PodObject[] {
  return Array.from({ length: count }, (_, index) => pods[Math.floor((index * pods.length) / count)]).filter(
    (pod) => pod !== undefined,
  );
}

function explainTimes({ pods, policies, calico }: Cluster): number[] {
  const model = compilePolicies(policies, calico);
  return timesOf(sampleOf(pods, 200), (pod) =>
    evaluateEgress(model, endpointOf(pod, policies), { ...destination, protocol: 'TCP' }),
  );
}

function simulateTimes({ pods, policies, calico }: Cluster): number[] {
  return timesOf(sampleOf(pods, 20), (pod) => {
    const after = { ...policies, objects: [...policies.objects, temporaryPolicyFor(pod)] };
    return compareSets(pod, policies, after, calico, [destination]);
  });
}

function temporaryPolicyFor({ namespace, labels }: PodObject): StoredObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'ipv6check-bench', namespace },
    spec: {
      podSelector: { matchLabels: { app: labels.app } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }],
    },
  };
}
