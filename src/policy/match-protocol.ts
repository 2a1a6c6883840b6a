import { type Match, no, type ParsedFlow, unknown, yes } from './flow.ts';
import type { EgressRule, IcmpKind, Ports } from './model.ts';
import { protocolName } from './rule.ts';

export function matchProtocol(rule: EgressRule, { protocol, icmp }: ParsedFlow): Match {
  const { protocols, notProtocols } = rule;
  if (notProtocols.includes(protocol)) return no(`the rule is not for ${protocolName(protocol)}`);
  if (protocols !== null && !protocols.includes(protocol)) {
    const meant = protocols.map(protocolName).join(' and ') || 'no protocol';
    return no(`the rule is for ${meant}, not ${protocolName(protocol)}`);
  }
  if (rule.icmp === null && rule.notIcmp === null) return yes;
  const asked = rule.icmp === null ? 'yes' : isOfKind(rule.icmp, icmp);
  const excepted = rule.notIcmp === null ? 'no' : isOfKind(rule.notIcmp, icmp);
  if (asked === 'no' || excepted === 'yes') return no('the rule is for another ICMP type');
  return asked === 'unknown' || excepted === 'unknown' ? unknown('which ICMP type is sent was not said') : yes;
}

type Among = 'yes' | 'no' | 'unknown';

function isOfKind(meant: IcmpKind, sent: IcmpKind | null): Among {
  const fields = [
    [meant.type, sent?.type ?? null],
    [meant.code, sent?.code ?? null],
  ] as const;
  const asked = fields.filter(([wanted]) => wanted !== null);
  if (asked.some(([wanted, own]) => own !== null && own !== wanted)) return 'no';
  return asked.some(([, own]) => own === null) ? 'unknown' : 'yes';
}

const withPorts = [6, 17, 132, 136];

function isAmong({ ranges, names }: Ports, flow: ParsedFlow): Among {
  const { port, portNames, strangers, protocol } = flow;
  if (port === null) {
    if (!withPorts.includes(protocol)) return 'no';
    return ranges.some(({ from, to }) => from <= 1 && to >= 65_535) ? 'yes' : 'unknown';
  }
  if (ranges.some(({ from, to }) => from <= port && port <= to)) return 'yes';
  if (names.length === 0) return 'no';
  if (portNames !== null) return names.some((name) => portNames.includes(name)) ? 'yes' : 'no';
  return strangers === 'anybody' || strangers.length > 0 ? 'unknown' : 'no';
}

export function matchPorts({ ports, notPorts }: EgressRule, flow: ParsedFlow): Match {
  if (ports === null && notPorts === null) return yes;
  const among = ports === null ? 'yes' : isAmong(ports, flow);
  const excepted = notPorts === null ? 'no' : isAmong(notPorts, flow);
  if (excepted === 'yes') return no(`port ${flow.port} is excepted`);
  if (ports !== null && among === 'no') {
    const listed = [...ports.ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)), ...ports.names];
    return no(`the rule is for port ${listed.join(', ')}, not ${flow.port ?? 'for a protocol without ports'}`);
  }
  if (among !== 'unknown' && excepted !== 'unknown') return yes;
  return unknown(flow.port === null ? 'the port was not said' : 'a named port belongs to a pod that is not known');
}
