import type { Address } from '../net/address.ts';
import { contains } from '../net/cidr.ts';
import type { EgressRule, Endpoint, PortRange } from './model.ts';

/** A flow with its address parsed. */
export interface ParsedFlow {
  readonly address: Address;
  readonly port: number | null;
  readonly protocol: number;
  /** The labels of the endpoint that has the address; null when no endpoint of the cluster is known to have it. */
  readonly peerLabels: Readonly<Record<string, string>> | null;
  /** Whether the address lies in the cluster, so that an endpoint that we do not know may have it. */
  readonly mayBePeer: boolean;
}

export type Match =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly missed: string | null }
  | { readonly kind: 'unknown'; readonly doubt: string };

const no = (missed: string | null = null): Match => ({ kind: 'no', missed });

/** Why the rule does not exist for this family (Felix's FilterRuleToIPVersion); null when it does. */
export function familyFilter({ ipVersion, nets, notNets }: EgressRule, family: 4 | 6): string | null {
  if (ipVersion !== null && ipVersion !== family) return `the rule is for IPv${ipVersion}`;
  for (const [field, list] of [
    ['nets', nets ?? []],
    ['notNets', notNets],
  ] as const) {
    if (list.length > 0 && list.every((cidr) => cidr.family !== family)) {
      const isAll = field === 'nets' && family === 6 && list.some(({ prefixLength }) => prefixLength === 0);
      if (isAll) return 'this rule allows 0.0.0.0/0; ::/0 is absent';
      return `${field} lists IPv${family === 6 ? 4 : 6} networks only, so the rule does not exist for IPv${family}`;
    }
  }
  const isAllExcepted = notNets.some((cidr) => cidr.family === family && cidr.prefixLength === 0);
  return isAllExcepted ? 'notNets excepts every address' : null;
}

const inRanges = (port: number | null, ranges: readonly PortRange[]) =>
  port !== null && ranges.some(({ from, to }) => from <= port && port <= to);

export function matchRule(rule: EgressRule, flow: ParsedFlow, source: Endpoint): Match {
  const filtered = familyFilter(rule, flow.address.family);
  if (filtered !== null) return no(filtered);
  if (rule.selectsSource && !rule.selectsSource(source.labels)) return no();
  if (rule.nets && !rule.nets.some((cidr) => contains(cidr, flow.address))) return no();
  if (rule.notNets.some((cidr) => contains(cidr, flow.address))) return no('the address is excepted');
  if (rule.selectsPeer && rule.doubt === null) {
    if (flow.peerLabels === null && !flow.mayBePeer) return no();
    if (flow.peerLabels !== null && !rule.selectsPeer(flow.peerLabels)) return no();
    if (flow.peerLabels === null) return { kind: 'unknown', doubt: 'which pod has the address is not known' };
  }
  if (rule.protocols && !rule.protocols.includes(flow.protocol)) return no('the protocol differs');
  if (rule.notProtocols.includes(flow.protocol)) return no('the protocol is excepted');
  if (rule.ports && !inRanges(flow.port, rule.ports)) return no('the port differs');
  if (inRanges(flow.port, rule.notPorts)) return no('the port is excepted');
  return rule.doubt === null ? { kind: 'yes' } : { kind: 'unknown', doubt: rule.doubt };
}
