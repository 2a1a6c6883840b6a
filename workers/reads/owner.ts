import type { PodObject } from '../../src/evidence/objects.ts';
import type { ClusterSession, RawObject } from '../../src/ports.ts';
import { listOf, recordOf, textOf, textsOf } from './prune.ts';

type Workload = NonNullable<PodObject['workload']>;

const plurals: Readonly<Record<string, readonly [string, string]>> = {
  'apps/ReplicaSet': ['apps/v1', 'replicasets'],
  'apps/Deployment': ['apps/v1', 'deployments'],
  'apps/StatefulSet': ['apps/v1', 'statefulsets'],
  'apps/DaemonSet': ['apps/v1', 'daemonsets'],
  'batch/Job': ['batch/v1', 'jobs'],
};

/** Labels that die with a rollout, or that belong to one pod alone. */
const passing = [
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
];

/** The controller at the top of the owner chain. A selector that cannot be read is guessed narrowly, from the labels. */
export async function readWorkload(session: ClusterSession, raw: RawObject): Promise<Workload | null> {
  const namespace = textOf(recordOf(raw.metadata).namespace);
  let matchLabels = lasting(textsOf(recordOf(raw.metadata).labels));
  let workload: Workload | null = null;
  let owner = controllerOf(raw);
  // ReplicaSet and Deployment, or Job and CronJob: no built-in chain is longer.
  for (let depth = 0; owner !== null && depth < 2; depth += 1) {
    const { group, kind, name, apiVersion, uid } = owner;
    workload = { kind, name, matchLabels, apiVersion, uid };
    const plural = plurals[`${group}/${kind}`];
    if (plural === undefined) return workload;
    const outcome = await session.get(pathOf(plural, namespace, name));
    if (!outcome.ok) return workload;
    const selector = recordOf(recordOf(outcome.value.spec).selector);
    // Labels alone would say less than a selector with expressions does, and so select more.
    if (listOf(selector.matchExpressions).length === 0) matchLabels = lasting(textsOf(selector.matchLabels));
    workload = { kind, name, matchLabels, apiVersion, uid };
    owner = controllerOf(outcome.value);
  }
  return workload;
}

function pathOf([groupVersion, plural]: readonly [string, string], namespace: string, name: string): string {
  return `/apis/${groupVersion}/namespaces/${namespace}/${plural}/${name}`;
}

interface Owner {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly uid: string;
}

export function controllerOf(raw: RawObject): Owner | null {
  const owner = listOf(recordOf(raw.metadata).ownerReferences).find(({ controller }) => controller === true);
  if (!owner) return null;
  const [group = ''] = textOf(owner.apiVersion).split('/');
  const name = textOf(owner.name);
  // Goes into a path of the API.
  if (!/^[a-z0-9][-a-z0-9.]*$/u.test(name)) return null;
  return { group, kind: textOf(owner.kind), name, apiVersion: textOf(owner.apiVersion), uid: textOf(owner.uid) };
}

function lasting(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !passing.includes(name)));
}
