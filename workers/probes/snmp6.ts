import { linesOf, odd, type Section } from './section.ts';

function counters(text: string): Record<string, number> {
  const entries = linesOf(text).map((line) => {
    const match = /^([A-Za-z0-9]+)\s+(\d+)$/u.exec(line.trim());
    if (!match) throw odd('not a counter', line);
    return [match[1] ?? '', Number(match[2])] as const;
  });
  if (entries.length === 0) throw new Error('no counters at all');
  return Object.fromEntries(entries);
}

const parse = (before = '', after = ''): unknown => ({ before: counters(before), after: counters(after) });
const from = ['snmp6-before', 'snmp6-after'];

export const podCounters: Section<'podCounters'> = { provides: 'podCounters', from, parse };
export const nodeCounters: Section<'nodeCounters'> = { provides: 'nodeCounters', from, parse };
