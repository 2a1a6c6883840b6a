import type { StoredObject } from '../evidence/objects.ts';
import { labelSelector } from './labels.ts';
import type { CompiledPolicy, EgressRule } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import { netsOf, protocolNumber, ruleOf } from './rule.ts';
import { allOf, byNamespaceLabels, byPodLabels, type Criterion, namespaceLabelsIn } from './selection.ts';

export interface AdminPolicy extends CompiledPolicy {
  readonly tier: 'admin' | 'baseline';
}

const actions: Readonly<Record<string, EgressRule['action']>> = {
  Allow: 'allow',
  Accept: 'allow',
  Deny: 'deny',
  Pass: 'pass',
};

/**
 * policy.networking.k8s.io: ClusterNetworkPolicy, and its elders AdminNetworkPolicy and BaselineAdminNetworkPolicy. Null
 * without egress rules: these never isolate by themselves. `doubt` says why it may not be enforced at all.
 */
export function compileAdminPolicy(policy: StoredObject, doubt: string | null): AdminPolicy | null {
  const spec = record(policy.spec);
  const egress = records(spec.egress);
  if (egress.length === 0) return null;

  const isBaseline = policy.kind === 'BaselineAdminNetworkPolicy' || spec.tier === 'Baseline';
  return {
    tier: isBaseline ? 'baseline' : 'admin',
    ref: { kind: policy.kind, namespace: null, name: policy.metadata.name },
    order: typeof spec.priority === 'number' ? spec.priority : 1_000,
    selects: allOf([subjectOf(record(spec.subject)), () => (doubt === null ? 'yes' : { doubt })]),
    rules: egress.flatMap((rule, index) => rulesOf(rule, `spec.egress[${index}]`)),
  };
}

function subjectOf(subject: Json): Criterion {
  if (has(subject, 'namespaces')) return byNamespaceLabels(record(subject.namespaces));
  if (!has(subject, 'pods')) return () => ({ doubt: 'its subject is neither namespaces nor pods' });
  const pods = record(subject.pods);
  return allOf([byNamespaceLabels(record(pods.namespaceSelector)), byPodLabels(record(pods.podSelector))]);
}

type Part = Partial<EgressRule>;

function rulesOf(rule: Json, path: string): EgressRule[] {
  const action = actions[String(rule.action)];
  const unknown = action === undefined ? `the action "${String(rule.action)}" is unknown` : null;
  const peers = records(rule.to).length > 0 ? records(rule.to).map(peerOf) : [{ doubt: 'it names no peer' }];
  return peers.flatMap((to) =>
    portsOf(rule).flatMap((port) => {
      const fields = { ...to, ...port, doubt: unknown ?? to.doubt ?? port.doubt ?? null };
      const meant: readonly EgressRule['action'][] = action ? [action] : ['allow', 'deny', 'pass'];
      return meant.map((each) => ruleOf(path, each, fields));
    }),
  );
}

function peerOf(peer: Json): Part {
  if (has(peer, 'networks')) {
    const { cidrs, unread } = netsOf(strings(peer.networks));
    if (unread.length > 0) return { doubt: `"${unread[0]}" is no network` };
    return cidrs.length > 0 ? { nets: cidrs } : { doubt: 'it names no network' };
  }
  if (!has(peer, 'namespaces') && !has(peer, 'pods')) {
    return { doubt: `a peer of ${Object.keys(peer).join(', ') || 'no kind'} is not judged here` };
  }
  const pods = record(peer.pods);
  const namespaces = has(peer, 'namespaces') ? peer.namespaces : pods.namespaceSelector;
  const selectsNamespace = labelSelector(record(namespaces));
  const selectsPod = labelSelector(record(pods.podSelector));
  if (!selectsNamespace || !selectsPod) return { doubt: 'a label selector cannot be understood' };
  return {
    selectsPeer: (labels) =>
      labels['projectcalico.org/orchestrator'] === 'k8s' &&
      selectsPod(labels) &&
      selectsNamespace(namespaceLabelsIn(labels)),
  };
}

const namedPort = 'a named port is read differently by different releases of Calico';

/** AdminNetworkPolicy lists `ports`, ClusterNetworkPolicy `protocols`. */
function portsOf(rule: Json): Part[] {
  const older = records(rule.ports).map((port): Part => {
    const one = record(port.portNumber ?? port.portRange);
    if (has(port, 'namedPort')) return { doubt: namedPort };
    return rangeOf(one.protocol ?? 'TCP', one.port ?? one.start, one.end);
  });
  const newer = records(rule.protocols).map((entry): Part => {
    if (has(entry, 'destinationNamedPort')) return { doubt: namedPort };
    const [[name, details] = ['', null]] = Object.entries(entry);
    const { destinationPort } = record(details);
    if (destinationPort === undefined) return protocolOf(name);
    const { number, range } = record(destinationPort);
    return rangeOf(name, number ?? record(range).start, record(range).end);
  });
  const all = [...older, ...newer];
  return all.length > 0 ? all : [{}];
}

function protocolOf(name: unknown): Part {
  const number = protocolNumber(name);
  return number === null ? { doubt: `the protocol "${String(name)}" is unknown` } : { protocols: [number] };
}

function rangeOf(protocol: unknown, from: unknown, to: unknown): Part {
  if (typeof from !== 'number') return { ...protocolOf(protocol), doubt: 'a port cannot be read' };
  return { ...protocolOf(protocol), ports: { ranges: [{ from, to: typeof to === 'number' ? to : from }], names: [] } };
}
