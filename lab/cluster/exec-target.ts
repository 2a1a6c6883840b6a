import type { ContainerRef, KubeObject } from '../contract.ts';
import { type Fields, fieldsOf, isFields, listOf, textOf } from './json.ts';
import { type Resource, resourceOfKind } from './resources.ts';
import { badRequest, failure, notFound, plain } from './status.ts';
import type { Store } from './store.ts';

export interface ExecTarget {
  readonly container: ContainerRef;
  readonly node: string;
  readonly podUid: string;
}

const namesIn = (list: unknown) => listOf(list).flatMap((item) => textOf(fieldsOf(item).name) ?? []);

function kind(apiVersion: string, name: string): Resource {
  const resource = resourceOfKind(apiVersion, name);
  if (!resource) throw new Error(`No such kind: ${apiVersion} ${name}`);
  return resource;
}

const pods = kind('v1', 'Pod');
const nodes = kind('v1', 'Node');

function chosenContainer(pod: KubeObject, asked: string | undefined): string {
  const spec = fieldsOf(pod.spec);
  const ordinary = namesIn(spec.containers);
  const every = [...namesIn(spec.initContainers), ...ordinary, ...namesIn(spec.ephemeralContainers)];
  const { name } = pod.metadata;
  if (asked) {
    if (every.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only] = ordinary;
  const isAlone = ordinary.length === 1 && namesIn(spec.initContainers).length === 0;
  if (only !== undefined && isAlone) return only;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${every.join(' ')}]`);
}

function statusOf(pod: KubeObject, container: string): Fields | undefined {
  const status = fieldsOf(pod.status);
  const all = [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses].flatMap(
    listOf,
  );
  return all.map(fieldsOf).find(({ name }) => name === container);
}

/** What the API server alone can say, before it dials the node. */
export function locate(store: Store, namespace: string, podName: string, query: URLSearchParams): ExecTarget {
  const pod = store.get(pods, namespace, podName);
  if (!pod) throw notFound(pods, podName);
  const container = chosenContainer(pod, query.get('container') ?? undefined);
  const node = textOf(fieldsOf(pod.spec).nodeName);
  if (!node) throw badRequest(`pod ${podName} does not have a host assigned`);
  // The message names the node as if it were the pod.
  if (!store.get(nodes, undefined, node)) throw notFound(pods, node);
  return { container: { namespace, pod: podName, container }, node, podUid: pod.metadata.uid ?? '' };
}

/** What the kubelet says, in its own words and not as a Status. */
export function checkContainer(store: Store, { container: { namespace, pod: podName, container } }: ExecTarget): void {
  const pod = store.get(pods, namespace, podName);
  const isRunning = pod !== undefined && isFields(fieldsOf(statusOf(pod, container)?.state).running);
  const phase = textOf(fieldsOf(pod?.status).phase);
  if (!isRunning || phase === 'Succeeded' || phase === 'Failed') {
    throw plain(500, `container not found ("${container}")`);
  }
}

export function checkStreams(query: URLSearchParams): void {
  const isOn = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  if (!['stdin', 'stdout', 'stderr'].some(isOn))
    throw plain(400, 'you must specify at least 1 of stdin, stdout, stderr');
  if (isOn('tty')) throw badRequest('this lab has no terminals: tty must not be set');
}

export const kubeletDown = (node: string) =>
  failure(500, `error dialing backend: dial tcp ${node}:10250: connect: connection refused`);

export const runtimeDown = () =>
  plain(
    500,
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
  );
