import { describe, expect, it } from 'vitest';
import { nodeCounters, podCounters } from '../../../workers/probes/snmp6.ts';
import { parsed } from './seeing.ts';

// Linux 6.18.
const recorded = (count: number) =>
  `Ip6InReceives                   \t${count}\nIp6OutNoRoutes                  \t0\nIcmp6OutType143                 \t2\n`;

describe('workers/probes/snmp6', () => {
  it.each([podCounters, nodeCounters])('reads counters around our packets for $provides', (section) => {
    expect(parsed(section, recorded(2), recorded(27))).toEqual({
      before: { Ip6InReceives: 2, Ip6OutNoRoutes: 0, Icmp6OutType143: 2 },
      after: { Ip6InReceives: 27, Ip6OutNoRoutes: 0, Icmp6OutType143: 2 },
    });
  });

  it.each`
    before         | after          | says
    ${''}          | ${recorded(1)} | ${'no counters at all'}
    ${recorded(1)} | ${''}          | ${'no counters at all'}
    ${recorded(1)} | ${'cat: no'}   | ${'not a counter: cat: no'}
    ${'Ip6 -1'}    | ${recorded(1)} | ${'not a counter: Ip6 -1'}
  `('says "$says" of $before and $after', ({ before, after, says }) => {
    expect(parsed(podCounters, before, after)).toBe(`UNPARSABLE snmp6-before: ${says}`);
  });
});
