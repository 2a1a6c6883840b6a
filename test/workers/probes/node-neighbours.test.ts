import { describe, expect, it } from 'vitest';
import { nodeNeighbours } from '../../../workers/probes/node-neighbours.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1.0 on Linux 6.18, bar the last.
const recorded = `[{"dst":"fd00:b::dead","dev":"v0","lladdr":"02:00:00:00:00:01","state":["PERMANENT"]},{"dst":"fd00:b::2","dev":"v0","state":["INCOMPLETE"]},{"dst":"fd00:b::9","dev":"v0","lladdr":"02:00:00:00:00:09","router":null,"state":["PERMANENT"]},{"dst":"fe80::1","dev":"v0","proxy":null}]`;

describe('workers/probes/node-neighbours', () => {
  it('reads neighbours, routers or not', () => {
    expect(parsed(nodeNeighbours, recorded)).toEqual([
      { address: 'fd00:b::dead', device: 'v0', mac: '02:00:00:00:00:01', state: 'PERMANENT', isRouter: false },
      { address: 'fd00:b::2', device: 'v0', mac: null, state: 'INCOMPLETE', isRouter: false },
      { address: 'fd00:b::9', device: 'v0', mac: '02:00:00:00:00:09', state: 'PERMANENT', isRouter: true },
      { address: 'fe80::1', device: 'v0', mac: null, state: 'NONE', isRouter: false },
    ]);
  });

  it.each(['', '[]'])('sees no neighbours in "%s"', (text) => {
    expect(parsed(nodeNeighbours, text)).toEqual([]);
  });

  it.each(['Cannot find device "nope"', '[{"dst":"x","dev":"v0"}]', '[{"dst":"::1"}]'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeNeighbours, text)).toMatch(/^UNPARSABLE neighbours: [^\n]+$/);
    },
  );
});
