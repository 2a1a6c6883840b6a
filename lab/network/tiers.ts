import type { KubeObject } from '../contract.ts';
import { labelSelector, selector } from './selector.ts';

export type Family = 4 | 6;
export type Verb = 'Allow' | 'Deny' | 'Pass' | 'Log';

/** One rule as a packet filter sees it: all fields must match, the members of a field are alternatives. */
export interface Rule {
  readonly verb: Verb;
  readonly nets: readonly string[] | 'any';
  readonly notNets: readonly string[];
  readonly protocol: string | null;
  readonly ports: readonly string[];
}

export interface Policy {
  readonly label: string;
  readonly order: number;
  readonly rules: readonly Rule[];
}

export interface Tier {
  readonly name: string;
  readonly endsWithPass: boolean;
  readonly policies: readonly Policy[];
}

/** A pod as policies see it. */
export interface Endpoint {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ips: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {}); // JSON of the API
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const familyOf = (net: string): Family => (net.includes(':') ? 6 : 4);

const endpointLabels = ({ namespace, labels }: Endpoint) => ({
  ...labels,
  'projectcalico.org/namespace': namespace,
  'projectcalico.org/orchestrator': 'k8s',
});

export interface Known {
  readonly objects: readonly KubeObject[];
  readonly endpoints: readonly Endpoint[];
}

function kubernetesRules(policy: KubeObject, { objects, endpoints }: Known, family: Family): Rule[] {
  const namespaceLabels = (name: string) =>
    objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name)?.metadata.labels ?? {};
  const addressesOf = (peer: Json): readonly string[] => {
    const selectsPod = labelSelector(record(peer.podSelector));
    const selectsNamespace = peer.namespaceSelector ? labelSelector(record(peer.namespaceSelector)) : undefined;
    return endpoints
      .filter(({ namespace, labels }) => {
        const isThere = selectsNamespace
          ? selectsNamespace(namespaceLabels(namespace))
          : namespace === policy.metadata.namespace;
        return isThere && selectsPod(labels);
      })
      .flatMap(({ ips }) => ips.filter((ip) => familyOf(ip) === family));
  };

  return list(record(policy.spec).egress).flatMap((rule) => {
    const peers = list(rule.to);
    const ports = list(rule.ports);
    const places: Pick<Rule, 'nets' | 'notNets'>[] =
      peers.length === 0
        ? [{ nets: 'any', notNets: [] }]
        : peers.flatMap((peer): Pick<Rule, 'nets' | 'notNets'>[] => {
            const block = peer.ipBlock ? record(peer.ipBlock) : undefined;
            if (!block) return [{ nets: addressesOf(peer), notNets: [] }];
            // Felix renders an ipBlock for its own family alone.
            return familyOf(String(block.cidr)) === family
              ? [{ nets: [String(block.cidr)], notNets: strings(block.except) }]
              : [];
          });
    const doors =
      ports.length === 0
        ? [{ protocol: null, ports: [] }]
        : ports.map((port) => ({
            protocol: String(port.protocol ?? 'TCP').toLowerCase(),
            ports: port.port === undefined ? [] : [port.endPort ? `${port.port}:${port.endPort}` : String(port.port)],
          }));
    return places.flatMap((place) => doors.map((door): Rule => ({ verb: 'Allow', ...place, ...door })));
  });
}

function calicoRules(policy: KubeObject, { endpoints }: Known, family: Family): Rule[] {
  return list(record(policy.spec).egress).flatMap((rule) => {
    const destination = record(rule.destination);
    const fields = [strings(destination.nets), strings(destination.notNets)];
    const isOfFamily = rule.ipVersion === undefined || rule.ipVersion === family;
    // FilterRuleToIPVersion: one field without a member of the family ends the whole rule.
    const isKilled = fields.some((nets) => nets.length > 0 && nets.every((net) => familyOf(net) !== family));
    if (!isOfFamily || isKilled) return [];

    const [nets = [], notNets = []] = fields.map((each) => each.filter((net) => familyOf(net) === family));
    const selects = destination.selector ? selector(String(destination.selector)) : undefined;
    const selected =
      selects &&
      endpoints
        .filter((each) => selects(endpointLabels(each)))
        .flatMap(({ ips }) => ips.filter((ip) => familyOf(ip) === family));
    return [
      {
        // The CRD's schema admits these four words only.
        verb: String(rule.action) as Verb,
        nets: selected ?? (nets.length > 0 ? nets : 'any'),
        notNets,
        protocol: rule.protocol === undefined ? null : String(rule.protocol).toLowerCase(),
        ports: strings(destination.ports),
      } satisfies Rule,
    ];
  });
}

const isEgress = (types: readonly string[], hasEgress: boolean, hasIngress: boolean) =>
  types.length > 0 ? types.includes('Egress') : hasEgress || !hasIngress;

/** What decides this endpoint's egress for one family, in order. Tiers without a policy for it are left out. */
export function tiersFor(endpoint: Endpoint, known: Known, family: Family): Tier[] {
  const tiers = known.objects.filter(({ kind }) => kind === 'Tier');
  const found = new Map<string, Policy[]>();
  const add = (tier: string, policy: Policy) => found.set(tier, [...(found.get(tier) ?? []), policy]);

  for (const policy of known.objects) {
    const spec = record(policy.spec);
    const { name, namespace } = policy.metadata;
    if (policy.apiVersion === 'networking.k8s.io/v1' && policy.kind === 'NetworkPolicy') {
      const types = strings(spec.policyTypes);
      const selects = namespace === endpoint.namespace && labelSelector(record(spec.podSelector))(endpoint.labels);
      if (selects && (types.includes('Egress') || (types.length === 0 && list(spec.egress).length > 0))) {
        add('default', {
          label: `knp.${namespace}/${name}`,
          order: 1_000,
          rules: kubernetesRules(policy, known, family),
        });
      }
    }
    if (
      policy.apiVersion === 'projectcalico.org/v3' &&
      ['NetworkPolicy', 'GlobalNetworkPolicy'].includes(policy.kind)
    ) {
      const isHere = policy.kind === 'GlobalNetworkPolicy' || namespace === endpoint.namespace;
      const isOutbound = isEgress(strings(spec.types), list(spec.egress).length > 0, list(spec.ingress).length > 0);
      if (isHere && isOutbound && selector(String(spec.selector ?? ''))(endpointLabels(endpoint))) {
        const order = typeof spec.order === 'number' ? spec.order : Number.POSITIVE_INFINITY;
        add(String(spec.tier ?? 'default'), {
          label: `${policy.kind} ${name}`,
          order,
          rules: calicoRules(policy, known, family),
        });
      }
    }
  }

  const orderOf = (name: string) =>
    Number(record(tiers.find(({ metadata }) => metadata.name === name)?.spec).order ?? Number.POSITIVE_INFINITY);
  return [...found]
    .sort(([a], [b]) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1))
    .map(([name, policies]) => ({
      name,
      endsWithPass: record(tiers.find(({ metadata }) => metadata.name === name)?.spec).defaultAction === 'Pass',
      policies: policies.sort((a, b) => a.order - b.order || (a.label < b.label ? -1 : 1)),
    }));
}
