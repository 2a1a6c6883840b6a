import type { StoredObject } from '../evidence/objects.ts';
import type { CompiledPolicy, EgressRule } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import { netsOf, portRange, protocolNumber, ruleOf } from './rule.ts';
import { parseSelector, type Selector, SelectorError } from './selector.ts';

/** In Calico up to 3.31 stored names carry their tier: `default.name`, `tier.name`. */
function tierAndName(name: string, spec: Json): { tier: string; bare: string } {
  const tier = typeof spec.tier === 'string' && spec.tier !== '' ? spec.tier : 'default';
  return { tier, bare: name.startsWith('default.') ? name.slice('default.'.length) : name };
}

/** Adds the prefix of inherited labels to every label of a selector's text. */
function inherited(prefix: string, text: string): string {
  return text.replace(
    /('[^']*'|"[^"]*")|\b(has)\(\s*([^)\s]+)\s*\)|([A-Za-z0-9_./-]+)(?=\s*(?:==|!=|\bin\b|\bnot\b|\bnotin\b|\bcontains\b|\bstarts|\bends))/g,
    (whole, literal, hasWord, hasLabel, label) =>
      literal ? whole : hasWord ? `has(${prefix}${hasLabel})` : `${prefix}${label}`,
  );
}

interface Read {
  readonly test: Selector;
  readonly doubt: string | null;
}

function read(text: unknown): Read {
  if (typeof text !== 'string' || text.trim() === '') return { test: () => true, doubt: null };
  try {
    return { test: parseSelector(text), doubt: null };
  } catch (error) {
    if (error instanceof SelectorError) return { test: () => true, doubt: error.message };
    throw error;
  }
}

const nothing = (value: unknown) => typeof value !== 'string' || value.trim() === '';

export interface CalicoPolicy extends CompiledPolicy {
  readonly tier: string;
  readonly doubts: readonly string[];
}

/** Calico NetworkPolicy or GlobalNetworkPolicy, of either API group. Null when it leaves workloads' egress alone. */
export function compileCalicoPolicy(policy: StoredObject): CalicoPolicy | null {
  const spec = record(policy.spec);
  const isGlobal = policy.kind === 'GlobalNetworkPolicy';
  const types = strings(spec.types);
  const egress = records(spec.egress);
  const isStoredDirectly = policy.apiVersion.startsWith('crd.projectcalico.org/');
  // Without types: Felix takes a stored object for both, the API server writes what its rules imply.
  const implied = isStoredDirectly || egress.length > 0;
  const isEgress = types.length > 0 ? types.includes('Egress') : implied;
  if (!isEgress || spec.doNotTrack === true || spec.preDNAT === true) return null;

  const { name } = policy.metadata;
  const namespace = isGlobal ? null : (policy.metadata.namespace ?? 'default');
  const { tier, bare } = tierAndName(name, spec);
  const parts = [
    read(spec.selector),
    read(nothing(spec.namespaceSelector) || !isGlobal ? '' : inherited('pcns.', String(spec.namespaceSelector))),
    read(nothing(spec.serviceAccountSelector) ? '' : inherited('pcsa.', String(spec.serviceAccountSelector))),
  ];
  const rules = egress.flatMap((rule, index) => ruleFrom(rule, `spec.egress[${index}]`, namespace));
  return {
    tier,
    doubts: parts.flatMap(({ doubt }) => doubt ?? []),
    ref: { kind: isGlobal ? 'GlobalNetworkPolicy' : 'NetworkPolicy.projectcalico.org', namespace, name: bare },
    order: typeof spec.order === 'number' ? spec.order : Number.POSITIVE_INFINITY,
    selects: (endpoint) =>
      (namespace === null || endpoint.namespace === namespace) && parts.every(({ test }) => test(endpoint.labels)),
    rules,
  };
}

const actions: Readonly<Record<string, EgressRule['action']>> = { Allow: 'allow', Deny: 'deny', Pass: 'pass' };

function ruleFrom(rule: Json, path: string, namespace: string | null): EgressRule[] {
  if (rule.action === 'Log') return [];
  const action = actions[String(rule.action)];
  const to = record(rule.destination);
  const nets = netsOf(strings(to.nets));
  const notNets = netsOf(strings(to.notNets));
  const source = record(rule.source);
  const peer = peerSelector(to, namespace);
  const ports = Array.isArray(to.ports) ? to.ports.map(portRange) : null;
  const protocol = has(rule, 'protocol') ? protocolNumber(rule.protocol) : null;
  const notProtocol = has(rule, 'notProtocol') ? protocolNumber(rule.notProtocol) : null;
  const doubts = [
    action === undefined && `the action "${String(rule.action)}" is unknown`,
    [...nets.unread, ...notNets.unread].map((text) => `"${text}" is no network`)[0],
    has(rule, 'protocol') && protocol === null && `the protocol "${String(rule.protocol)}" is unknown`,
    ports?.includes(null) && 'a named port belongs to the destination’s endpoint',
    has(to, 'services') && 'a rule for services needs their endpoints',
    has(to, 'notPorts') && 'notPorts is not judged here',
    (has(rule, 'icmp') || has(rule, 'notICMP') || has(rule, 'http')) &&
      'a rule for ICMP types or HTTP needs the packet',
    ['nets', 'notNets', 'ports', 'notPorts'].some((field) => has(source, field)) &&
      'source networks and ports are not judged here',
    peer.doubt,
  ].filter((doubt) => typeof doubt === 'string');
  return [
    ruleOf(path, action ?? 'deny', {
      ipVersion: rule.ipVersion === 4 || rule.ipVersion === 6 ? rule.ipVersion : null,
      protocols: protocol === null ? null : [protocol],
      notProtocols: notProtocol === null ? [] : [notProtocol],
      nets: strings(to.nets).length > 0 ? nets.cidrs : null,
      notNets: notNets.cidrs,
      ports: ports === null || ports.length === 0 ? null : ports.filter((port) => port !== null),
      selectsPeer: peer.test,
      selectsSource: nothing(source.selector) ? null : read(source.selector).test,
      doubt: doubts[0] ?? null,
    }),
  ];
}

function peerSelector(to: Json, namespace: string | null): { test: Selector | null; doubt: string | null } {
  const accounts = record(to.serviceAccounts);
  const isPlain =
    nothing(to.selector) && nothing(to.notSelector) && nothing(to.namespaceSelector) && !has(to, 'serviceAccounts');
  if (isPlain) return { test: null, doubt: null };
  const parts = [
    read(to.selector),
    read(nothing(to.namespaceSelector) ? '' : inherited('pcns.', String(to.namespaceSelector))),
    read(nothing(accounts.selector) ? '' : inherited('pcsa.', String(accounts.selector))),
  ];
  const names = strings(accounts.names);
  const doubt =
    parts.flatMap((part) => part.doubt ?? [])[0] ??
    (nothing(to.notSelector) ? null : 'notSelector also matches addresses outside the cluster');
  const isSameNamespace = namespace !== null && nothing(to.namespaceSelector);
  return {
    doubt,
    test: (labels) =>
      parts.every(({ test }) => test(labels)) &&
      (names.length === 0 || names.includes(labels['projectcalico.org/serviceaccount'] ?? '')) &&
      (!isSameNamespace || labels['projectcalico.org/namespace'] === namespace),
  };
}
