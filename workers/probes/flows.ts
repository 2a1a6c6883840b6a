import { canonicalIPv6 } from './address.ts';
import { linesOf, odd, type Section } from './section.ts';

/** Conntrack entries from the pod to our destinations, as `conntrack -L` prints them. */
export const nodeFlows: Section<'nodeFlows'> = {
  provides: 'nodeFlows',
  from: ['flows'],
  parse: (text = '') => linesOf(text).map(parseLine),
};

function parseLine(line: string): unknown {
  const [protocol, , , ...rest] = line.trim().split(/\s+/u);
  const values = (name: string) =>
    rest.flatMap((field) => (field.startsWith(`${name}=`) ? [field.slice(name.length + 1)] : []));
  const [sources, destinations, sourcePorts, destinationPorts] = ['src', 'dst', 'sport', 'dport'].map(values);
  const tuple = (at: number): unknown => {
    const [source, destination] = [sources?.[at], destinations?.[at]];
    if (source === undefined || destination === undefined) throw odd('not a conntrack entry', line);
    return {
      source: canonicalIPv6(source),
      destination: canonicalIPv6(destination),
      sourcePort: portOf(sourcePorts?.[at]),
      destinationPort: portOf(destinationPorts?.[at]),
    };
  };
  const state = rest[0];
  return {
    protocol,
    state: state !== undefined && /^[A-Z0-9_]+$/u.test(state) ? state : null,
    original: tuple(0),
    reply: tuple(1),
    isUnreplied: line.includes('[UNREPLIED]'),
    isAssured: line.includes('[ASSURED]'),
  };
}

function portOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
