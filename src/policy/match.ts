import { type Cidr, contains } from '../net/cidr.ts';
import { keyOf, type Match, no, type ParsedFlow, unknown, yes } from './flow.ts';
import { matchPorts, matchProtocol } from './match-protocol.ts';
import type { EgressRule, ServiceEndpoint } from './model.ts';
import type { Criterion } from './selection.ts';

export const everythingIsAbsent = 'this rule allows 0.0.0.0/0; ::/0 is absent';

/** Why the rule does not exist for this family (Felix's FilterRuleToIPVersion); null when it does. */
export function familyFilter(rule: EgressRule, family: 4 | 6): string | null {
  if (rule.ipVersion !== null && rule.ipVersion !== family) return `the rule is for IPv${rule.ipVersion}`;
  const isOther = (list: readonly Cidr[]) => list.length > 0 && list.every((cidr) => cidr.family !== family);
  const isAll = (cidr: Cidr) => cidr.prefixLength === 0;
  const { nets, notNets, sourceNets, sourceNotNets } = rule;
  const others = () => `IPv${family === 6 ? 4 : 6} networks only, so the rule does not exist for IPv${family}`;
  if (nets && isOther(nets)) return family === 6 && nets.some(isAll) ? everythingIsAbsent : `nets lists ${others()}`;
  if (isOther(notNets)) return `notNets lists ${others()}`;
  if (sourceNets && isOther(sourceNets)) return `source.nets lists ${others()}`;
  if (isOther(sourceNotNets)) return `source.notNets lists ${others()}`;
  const exceptsAll = (list: readonly Cidr[]) => list.some((cidr) => cidr.family === family && isAll(cidr));
  return exceptsAll(notNets) || exceptsAll(sourceNotNets) ? 'notNets excepts every address' : null;
}

/** A sure no of any field decides; then a doubt of any; the order of fields says which near miss is named. */
export function matchRule(rule: EgressRule, flow: ParsedFlow): Match {
  const filtered = familyFilter(rule, flow.family);
  if (filtered !== null) return no(filtered);
  let doubt: Match | null = null;
  for (const field of fields) {
    const answer = field(rule, flow);
    if (answer.kind === 'no') return answer;
    if (answer.kind === 'unknown') doubt ??= answer;
  }
  return rule.doubt === null ? (doubt ?? yes) : unknown(rule.doubt);
}

const fields = [matchSource, matchNets, matchPeer, matchService, matchProtocol, matchPorts] as const;

function matchSource(rule: EgressRule, { source, sourceAddress }: ParsedFlow): Match {
  const selected = rule.selectsSource?.(source) ?? 'yes';
  const excluded = rule.excludesSource?.(source) ?? 'no';
  if (selected === 'no' || excluded === 'yes') return no();
  const doubt = [selected, excluded].find((each) => typeof each === 'object');
  const { sourceNets, sourceNotNets } = rule;
  if (sourceNets !== null || sourceNotNets.length > 0) {
    if (!sourceAddress) return unknown('it asks for the address of the pod, which has none of this family');
    if (sourceNets && !sourceNets.some((cidr) => contains(cidr, sourceAddress))) return no();
    if (sourceNotNets.some((cidr) => contains(cidr, sourceAddress))) return no();
  }
  return doubt ? unknown(doubt.doubt) : yes;
}

const whereUnknown = 'the pod of the service was not seen running, so its address is not known';

function matchNets({ nets, notNets }: EgressRule, { address, family }: ParsedFlow): Match {
  if (address === null) {
    const own = (list: readonly Cidr[]) => list.filter((cidr) => cidr.family === family);
    const isAny = nets === null || own(nets).some(({ prefixLength }) => prefixLength === 0);
    return isAny && own(notNets).length === 0 ? yes : unknown(whereUnknown);
  }
  if (nets && !nets.some((cidr) => contains(cidr, address))) return no();
  return notNets.some((cidr) => contains(cidr, address)) ? no('the address is excepted') : yes;
}

type Among = 'yes' | 'no' | { readonly doubt: string };

/** Whether one of those who have the address is meant; strangers leave it open. */
function isAnyMeant(criterion: Criterion, { peers, strangers, whyStrangers }: ParsedFlow): Among {
  let found: Among = 'no';
  for (const peer of peers) {
    const answer = criterion(peer);
    if (answer === 'yes') return 'yes';
    if (answer !== 'no') found = answer;
  }
  if (found !== 'no') return found;
  const may = strangers === 'anybody' || strangers.some((stranger) => criterion(stranger) !== 'no');
  return may ? { doubt: whyStrangers } : 'no';
}

function matchPeer({ selectsPeer, excludesPeer }: EgressRule, flow: ParsedFlow): Match {
  const excluded = excludesPeer === null ? 'no' : isAnyMeant(excludesPeer, flow);
  if (excluded === 'yes') return no();
  const selected = selectsPeer === null ? 'yes' : isAnyMeant(selectsPeer, flow);
  if (selected === 'no') return no();
  if (typeof selected === 'object') return unknown(selected.doubt);
  return typeof excluded === 'object' ? unknown(excluded.doubt) : yes;
}

/** Egress to a service: addresses and ports of its EndpointSlices, which packets bear after DNAT. */
function matchService({ service }: EgressRule, { services, address, port, protocol }: ParsedFlow): Match {
  if (service === null) return yes;
  const endpoints = services?.get(service);
  if (endpoints === undefined) return unknown(`the endpoints of service ${service} were not read`);
  const at = (endpoint: ServiceEndpoint): Among => {
    if (endpoint.protocol !== protocol) return 'no';
    if (endpoint.port !== null && port !== null && endpoint.port !== port) return 'no';
    if (endpoint.address === null || address === null)
      return { doubt: `endpoints of ${service} were not seen running` };
    if (endpoint.address !== keyOf(address)) return 'no';
    return endpoint.port !== null && port === null ? { doubt: 'the port was not said' } : 'yes';
  };
  const answers = endpoints.map(at);
  if (answers.includes('yes')) return yes;
  const doubt = answers.find((answer) => typeof answer === 'object');
  return doubt ? unknown(doubt.doubt) : no();
}
