import { describe, expect, it } from 'vitest';
import { nodeRoutingRules } from '../../../workers/probes/routing-rules.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1 on Linux 6.18.
const recorded = `[{"priority":0,"src":"all","table":"local"},{"priority":300,"src":"FD00:10::","srclen":48,"table":"66"},{"priority":310,"src":"fd00::1","dst":"2001:db8::","dstlen":32,"iif":"cali1","fwmark":"0x10","action":"unreachable"},{"priority":32766,"src":"all","table":"main"}]`;
const nobody = { from: 'all', to: 'all', incoming: null, mark: null };

describe('workers/probes/routing-rules', () => {
  it('reads whom a rule is for and what it does', () => {
    expect(parsed(nodeRoutingRules, recorded)).toEqual([
      { priority: 0, ...nobody, action: 'local' },
      { priority: 300, ...nobody, from: 'fd00:10::/48', action: '66' },
      {
        ...{ priority: 310, from: 'fd00::1/128', to: '2001:db8::/32', incoming: 'cali1', mark: '0x10' },
        action: 'unreachable',
      },
      { priority: 32766, ...nobody, action: 'main' },
    ]);
  });

  it.each(['', 'RTNETLINK answers: Address family not supported by protocol', '[{"src":"all"}]', '{}'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeRoutingRules, text)).toMatch(/^UNPARSABLE rules: /);
    },
  );
});
