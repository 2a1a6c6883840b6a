import type { StoredObject } from '../evidence/objects.ts';
import { labelSelector } from './labels.ts';
import type { CompiledPolicy, EgressRule } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import { netsOf, protocolNumber, ruleOf } from './rule.ts';

export interface AdminPolicy extends CompiledPolicy {
  readonly tier: 'admin' | 'baseline';
}

const actions: Readonly<Record<string, EgressRule['action']>> = {
  Allow: 'allow',
  Accept: 'allow',
  Deny: 'deny',
  Pass: 'pass',
};

/** policy.networking.k8s.io: ClusterNetworkPolicy, and its elders AdminNetworkPolicy and BaselineAdminNetworkPolicy. */
export function compileAdminPolicy(policy: StoredObject): AdminPolicy | null {
  const spec = record(policy.spec);
  const egress = records(spec.egress);
  if (egress.length === 0) return null;

  const isBaseline = policy.kind === 'BaselineAdminNetworkPolicy' || spec.tier === 'Baseline';
  const subject = record(spec.subject);
  const pods = record(subject.pods);
  const selectsNamespace = labelSelector(
    has(subject, 'namespaces') ? record(subject.namespaces) : record(pods.namespaceSelector),
  );
  const selectsPod = has(subject, 'pods') ? labelSelector(record(pods.podSelector)) : () => true;
  return {
    tier: isBaseline ? 'baseline' : 'admin',
    ref: { kind: policy.kind, namespace: null, name: policy.metadata.name },
    order: policy.kind === 'BaselineAdminNetworkPolicy' ? 1_000 : Number(spec.priority ?? 0),
    selects: (endpoint) =>
      (selectsNamespace?.(endpoint.namespaceLabels) ?? true) && (selectsPod?.(endpoint.podLabels) ?? true),
    rules: egress.flatMap((rule, index) => rulesOf(rule, `spec.egress[${index}]`)),
  };
}

function rulesOf(rule: Json, path: string): EgressRule[] {
  const action = actions[String(rule.action)];
  const ports = portsOf(rule);
  const doubt = action === undefined ? `the action "${String(rule.action)}" is unknown` : null;
  return records(rule.to).flatMap((peer) => {
    const to = peerOf(peer);
    return ports.map((port) =>
      ruleOf(path, action ?? 'deny', { ...to, ...port, doubt: doubt ?? to.doubt ?? port.doubt ?? null }),
    );
  });
}

type Part = Partial<EgressRule>;

function peerOf(peer: Json): Part {
  if (has(peer, 'networks')) {
    const { cidrs, unread } = netsOf(strings(peer.networks));
    return { nets: cidrs, doubt: unread.length > 0 ? `"${unread[0]}" is no network` : null };
  }
  if (has(peer, 'namespaces') || has(peer, 'pods')) {
    const pods = record(peer.pods);
    const selectsNamespace = labelSelector(
      has(peer, 'namespaces') ? record(peer.namespaces) : record(pods.namespaceSelector),
    );
    const selectsPod = labelSelector(record(pods.podSelector));
    if (!selectsNamespace || !selectsPod)
      return { selectsPeer: () => true, doubt: 'a label selector cannot be understood' };
    return {
      selectsPeer: (labels) =>
        selectsPod(labels) &&
        selectsNamespace(
          Object.fromEntries(
            Object.entries(labels).flatMap(([key, value]) => (key.startsWith('pcns.') ? [[key.slice(5), value]] : [])),
          ),
        ),
    };
  }
  return { doubt: `a peer of ${Object.keys(peer).join(', ') || 'no known kind'} is not judged here` };
}

function portsOf(rule: Json): Part[] {
  const older = records(rule.ports).map((port): Part => {
    const one = record(port.portNumber ?? port.portRange);
    const protocol = protocolNumber(one.protocol ?? 'TCP');
    const from = Number(one.port ?? one.start);
    if (has(port, 'namedPort') || !Number.isInteger(from))
      return { doubt: 'a named port belongs to the destination’s pod' };
    return { protocols: protocol === null ? null : [protocol], ports: [{ from, to: Number(one.end ?? from) }] };
  });
  const newer = records(rule.protocols).map((entry): Part => {
    const [name, details] = Object.entries(entry)[0] ?? [];
    const number = protocolNumber(name);
    const destination = record(record(details).destinationPort);
    if (number === null) return { doubt: `the protocol "${name}" is unknown` };
    if (!has(record(details), 'destinationPort')) return { protocols: [number] };
    const range = record(destination.range);
    const from = Number(destination.number ?? range.start);
    return { protocols: [number], ports: [{ from, to: Number(range.end ?? from) }] };
  });
  const all = [...older, ...newer];
  return all.length > 0 ? all : [{}];
}
