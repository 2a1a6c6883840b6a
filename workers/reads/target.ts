import { BotError } from '../../src/errors.ts';
import type { Target } from '../../src/jobs/job.ts';
import type { ClusterSession, RawObject } from '../../src/ports.ts';
import { nearest } from './nearest.ts';
import { fatal } from './outcome.ts';
import { controllerOf } from './owner.ts';
import { podOf, podPath } from './pod.ts';
import { listOf, recordOf, textOf, textsOf } from './prune.ts';

const plurals = {
  deploy: 'apps/v1 deployments',
  sts: 'apps/v1 statefulsets',
  ds: 'apps/v1 daemonsets',
  job: 'batch/v1 jobs',
} as const;

type PodTarget = Extract<Target, { kind: 'pod' }>;

/** How many pods of a workload one answer is made of. */
const mostPods = 5;

/** The pods that a target means, as stored: of a workload one for each node. Throws when there is none. */
export async function resolveTargets(
  session: ClusterSession,
  target: PodTarget | WorkloadTarget,
): Promise<[RawObject, ...RawObject[]]> {
  if (target.kind === 'pod') return [await resolvePod(session, target)];
  const [first, ...others] = await podsOfWorkload(session, target);
  const nodes = new Set([podOf(first).nodeName]);
  const elsewhere = others.filter((raw) => {
    const { nodeName } = podOf(raw);
    if (nodes.has(nodeName)) return false;
    nodes.add(nodeName);
    return true;
  });
  return [first, ...elsewhere.slice(0, mostPods - 1)];
}

async function resolvePod(session: ClusterSession, target: PodTarget): Promise<RawObject> {
  const { namespace, name } = target;
  const outcome = await session.get(podPath(namespace, name));
  if (outcome.ok) return outcome.value;
  if (outcome.reason !== 'not-found') throw fatal(outcome);

  const pods = await podsIn(session, namespace);
  const matches = pods.filter((pod) => nameOf(pod).startsWith(name));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  const owned = matches.filter((pod) => workloadNameOf(pod) === name);
  const [best] = byPromise(owned);
  if (best) return best;
  if (matches.length > 1) throw ambiguous(namespace, name, matches);
  throw await notFound(session, namespace, `no pod in namespace "${namespace}" is called "${name}…"`, {
    name,
    names: pods.map(nameOf),
  });
}

type WorkloadTarget = Extract<Target, { kind: 'workload' }>;

async function podsOfWorkload(session: ClusterSession, target: WorkloadTarget): Promise<[RawObject, ...RawObject[]]> {
  const { namespace, workload, name } = target;
  const [groupVersion, plural] = plurals[workload].split(' ');
  const collection = `/apis/${groupVersion}/namespaces/${namespace}/${plural}`;
  const outcome = await session.get(`${collection}/${name}`);
  if (!outcome.ok && outcome.reason !== 'not-found') throw fatal(outcome);
  if (!outcome.ok) {
    const others = await session.list(collection, { limit: 500 });
    throw await notFound(session, namespace, `namespace "${namespace}" has no ${workload} called "${name}"`, {
      name,
      names: others.ok ? others.value.items.map(nameOf) : [],
    });
  }
  const labelSelector = selectorText(recordOf(recordOf(outcome.value.spec).selector));
  // An empty one would select every pod of the namespace.
  const pods = labelSelector === '' ? [] : await podsIn(session, namespace, labelSelector);
  const [best, ...others] = byPromise(pods);
  if (best) return [best, ...others];
  throw new BotError('TARGET_NOT_FOUND', `${workload} "${name}" in namespace "${namespace}" has no pods`);
}

async function podsIn(session: ClusterSession, namespace: string, labelSelector?: string): Promise<RawObject[]> {
  const query = labelSelector ? { labelSelector } : {};
  const outcome = await session.list(`/api/v1/namespaces/${namespace}/pods`, query);
  if (!outcome.ok) throw fatal(outcome);
  return [...outcome.value.items];
}

/** Running and staying pods first: they tell most. The order by name makes a second run ask the same pod. */
function byPromise(pods: readonly RawObject[]): RawObject[] {
  const rank = (raw: RawObject) => {
    const pod = podOf(raw);
    const isUp = pod.containers.some(({ isRunning }) => isRunning);
    return (pod.phase === 'Running' ? 0 : 4) + (pod.isTerminating ? 2 : 0) + (isUp ? 0 : 1);
  };
  return [...pods].sort((a, b) => rank(a) - rank(b) || (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** `checkout` of ReplicaSet `checkout-7d9f8c`, and the owner's own name otherwise. */
function workloadNameOf(pod: RawObject): string | null {
  const owner = controllerOf(pod);
  if (!owner) return null;
  const hash = textsOf(recordOf(pod.metadata).labels)['pod-template-hash'];
  return owner.kind === 'ReplicaSet' && hash ? owner.name.replace(`-${hash}`, '') : owner.name;
}

function selectorText({ matchLabels, matchExpressions }: RawObject): string {
  const equal = Object.entries(textsOf(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const others = listOf(matchExpressions).map(({ key, operator, values }) => {
    const list = Array.isArray(values) ? values.join(',') : '';
    if (operator === 'Exists') return textOf(key);
    if (operator === 'DoesNotExist') return `!${textOf(key)}`;
    return `${textOf(key)} ${operator === 'In' ? 'in' : 'notin'} (${list})`;
  });
  return [...equal, ...others].join(',');
}

function nameOf(raw: RawObject): string {
  return textOf(recordOf(raw.metadata).name);
}

function ambiguous(namespace: string, name: string, matches: readonly RawObject[]): BotError {
  const names = matches.map(nameOf).sort();
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  const list = names.slice(0, 5).map((each) => `${namespace}/${each}`);
  return new BotError('TARGET_AMBIGUOUS', `"${name}" is the beginning of ${list.join(', ')}${more}`);
}

async function notFound(
  session: ClusterSession,
  namespace: string,
  what: string,
  known: { readonly name: string; readonly names: readonly string[] },
): Promise<BotError> {
  const outcome = await session.get(`/api/v1/namespaces/${namespace}`);
  if (!outcome.ok && outcome.reason === 'not-found') {
    return new BotError('TARGET_NOT_FOUND', `there is no namespace "${namespace}"`);
  }
  const near = nearest(known.name, known.names);
  const help = near.length > 0 ? `; nearest: ${near.map((each) => `${namespace}/${each}`).join(', ')}` : '';
  return new BotError('TARGET_NOT_FOUND', `${what}${help}`);
}
