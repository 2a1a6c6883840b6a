import { describe, expect, it } from 'vitest';
import { nodeFlows } from '../../../workers/probes/flows.ts';
import { parsed } from './seeing.ts';

// conntrack 1.4.7 on Linux 6.18.
const recorded = `udp      17 60 src=fd00:b::1 dst=2001:db8::1 sport=2 dport=53 [UNREPLIED] src=2001:db8::1 dst=fd00:b::1 sport=53 dport=2 mark=0 use=1
tcp      6 59 ESTABLISHED src=fd00:b::1 dst=2001:db8::1 sport=1 dport=443 src=2001:db8::1 dst=2001:db8:5::5 sport=443 dport=1 [ASSURED] mark=0 use=1
icmpv6   58 59 src=fd00:b::1 dst=2001:db8::1 type=128 code=0 id=7 [UNREPLIED] src=2001:db8::1 dst=fd00:b::1 type=129 code=0 id=7 mark=0 use=1
`;
const there = { source: 'fd00:b::1', destination: '2001:db8::1' };
const back = { source: '2001:db8::1', destination: 'fd00:b::1' };

describe('workers/probes/flows', () => {
  it('reads both directions of each entry', () => {
    expect(parsed(nodeFlows, recorded)).toEqual([
      {
        ...{ protocol: 'udp', state: null, isUnreplied: true, isAssured: false },
        original: { ...there, sourcePort: 2, destinationPort: 53 },
        reply: { ...back, sourcePort: 53, destinationPort: 2 },
      },
      {
        ...{ protocol: 'tcp', state: 'ESTABLISHED', isUnreplied: false, isAssured: true },
        original: { ...there, sourcePort: 1, destinationPort: 443 },
        reply: { source: '2001:db8::1', destination: '2001:db8:5::5', sourcePort: 443, destinationPort: 1 },
      },
      {
        ...{ protocol: 'icmpv6', state: null, isUnreplied: true, isAssured: false },
        original: { ...there, sourcePort: null, destinationPort: null },
        reply: { ...back, sourcePort: null, destinationPort: null },
      },
    ]);
    expect(parsed(nodeFlows, '')).toEqual([]);
  });

  it('reads an entry that counts', () => {
    const counting = recorded.split('\n')[1]?.replace('dport=443 ', 'dport=443 packets=3 bytes=180 ') ?? '';

    expect(parsed(nodeFlows, counting)).toMatchObject([{ original: there, reply: { sourcePort: 443 } }]);
  });

  it.each(['Operation failed: such conntrack exists', 'tcp 6 5 src=::1 dst=::2', 'tcp 6 5 X src=x dst=y src=x dst=y'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeFlows, text)).toMatch(/^UNPARSABLE flows: not a/);
    },
  );
});
