import type { StoredObject } from '../evidence/objects.ts';
import { parseAddress } from '../net/address.ts';
import { labelsOf, type Sender } from './endpoint.ts';
import { labelSelector } from './labels.ts';
import { has, type Json, record, records } from './read.ts';
import { protocolNumber } from './rule.ts';

export interface PortName {
  readonly name: string;
  readonly port: number;
  readonly protocol: number;
}

/** A pod, or the pods that a workload would make. */
export interface Actor extends Sender {
  readonly kind: string;
  readonly name: string;
  readonly ports: readonly PortName[];
  /** Whether the object is a pod; else it is a template, and no pod of it need have been seen. */
  readonly isPod: boolean;
  readonly isFinished: boolean;
  readonly isReady: boolean;
}

/** Kinds with a pod template, and the names that kubectl takes for them. */
const kinds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Pod: ['pod', 'pods', 'po'],
    Deployment: ['deployment', 'deployments', 'deploy'],
    StatefulSet: ['statefulset', 'statefulsets', 'sts'],
    DaemonSet: ['daemonset', 'daemonsets', 'ds'],
    ReplicaSet: ['replicaset', 'replicasets', 'rs'],
    ReplicationController: ['replicationcontroller', 'replicationcontrollers', 'rc'],
    Job: ['job', 'jobs'],
    CronJob: ['cronjob', 'cronjobs', 'cj'],
  }).flatMap(([kind, names]) => names.map((name) => [name, kind] as const)),
);

export const workloadKind = (text: string): string | null => kinds.get(text.toLowerCase()) ?? null;

const groups: Readonly<Record<string, RegExp>> = {
  Pod: /^v1$/,
  ReplicationController: /^v1$/,
  Job: /^batch\//,
  CronJob: /^batch\//,
};

/** Null for an object that makes no pods. */
export function actorOf(object: StoredObject): Actor | null {
  const { apiVersion, kind } = object;
  if (workloadKind(kind) !== kind && ![...kinds.values()].includes(kind)) return null;
  if (!(groups[kind] ?? /^(apps|extensions)\//).test(apiVersion)) return null;
  return kind === 'Pod' ? podOf(object) : templateOf(object);
}

function podOf(object: StoredObject): Actor {
  const spec = record(object.spec);
  const status = record(object.status);
  const isFinished = status.phase === 'Succeeded' || status.phase === 'Failed';
  const ready = records(status.conditions).find(({ type }) => type === 'Ready');
  return {
    ...common(object, spec, labelsOf(object)),
    isPod: true,
    isFinished,
    isReady: ready?.status !== 'False',
    podIPs: isFinished ? [] : addressesOf(object, status),
    nodeName: typeof spec.nodeName === 'string' ? spec.nodeName : null,
    generated: labelsOf(object) === null ? [''] : [],
  };
}

/** Felix reads the status, and Calico's annotation only where that says nothing (conversion.go, getPodIPs). */
function addressesOf(object: StoredObject, status: Json): string[] {
  const listed = records(status.podIPs).map(({ ip }) => ip);
  const annotation = record(record(object.metadata).annotations)['cni.projectcalico.org/podIPs'];
  const noted = typeof annotation === 'string' ? annotation.split(',').map((each) => each.trim().split('/')[0]) : [];
  const [first] = [listed, [status.podIP], noted].filter((list) => list.some((each) => typeof each === 'string'));
  return (first ?? []).filter((each) => typeof each === 'string').filter((each) => parseAddress(each) !== null);
}

function templateOf(object: StoredObject): Actor {
  const { kind, metadata } = object;
  const outer = record(object.spec);
  const spec = kind === 'CronJob' ? record(record(outer.jobTemplate).spec) : outer;
  const template = record(spec.template);
  const meta = { ...object, metadata: { ...record(template.metadata), name: metadata.name } } as StoredObject;
  const labels = labelsOf(meta);
  const given = kind === 'Job' && spec.manualSelector !== true ? jobLabels(metadata.name) : {};
  return {
    ...common(object, record(template.spec), labels === null ? null : { ...labels, ...given }),
    isPod: false,
    isFinished: false,
    isReady: true,
    podIPs: [],
    nodeName: null,
    generated: labels === null ? [''] : (generatedBy.get(kind) ?? []),
  };
}

const jobLabels = (name: string) => ({ 'job-name': name, 'batch.kubernetes.io/job-name': name });

/** Labels whose value differs from pod to pod of one template. */
const generatedBy: ReadonlyMap<string, readonly string[]> = new Map([
  ['Deployment', ['pod-template-hash']],
  ['DaemonSet', ['controller-revision-hash', 'pod-template-generation']],
  ['StatefulSet', ['controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index']],
  ['Job', ['controller-uid', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-completion-index']],
  ['CronJob', ['controller-uid', 'batch.kubernetes.io/controller-uid', ...Object.keys(jobLabels(''))]],
]);

function common({ kind, metadata }: StoredObject, spec: Json, labels: Readonly<Record<string, string>> | null) {
  const account = [spec.serviceAccountName, spec.serviceAccount].find(
    (each) => typeof each === 'string' && each !== '',
  );
  return {
    kind,
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    labels: labels ?? {},
    serviceAccount: typeof account === 'string' ? account : 'default',
    isHostNetwork: spec.hostNetwork === true,
    ports: portsOf(spec),
  };
}

function portsOf(spec: Json): PortName[] {
  const sidecars = records(spec.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...records(spec.containers), ...sidecars]
    .flatMap(({ ports }) => records(ports))
    .flatMap(({ name, containerPort, protocol }) => {
      const number = protocolNumber(protocol ?? 'TCP');
      const isNamed = typeof name === 'string' && typeof containerPort === 'number' && number !== null;
      return isNamed ? [{ name, port: containerPort, protocol: number }] : [];
    });
}

/** Whether a template's pods are to be seen among the pods: then it says nothing that they do not. */
export function hasPods(template: Actor, object: StoredObject, pods: readonly Actor[]): boolean {
  const { selector } = record(object.spec);
  const wanted = has(record(object.spec), 'selector') ? labelSelector(selector) : null;
  const all = Object.entries(template.labels).filter(([key]) => !template.generated?.includes(key));
  return pods.some(({ namespace, labels }) => {
    if (namespace !== template.namespace) return false;
    return wanted ? wanted(labels) : all.length > 0 && all.every(([key, value]) => labels[key] === value);
  });
}
