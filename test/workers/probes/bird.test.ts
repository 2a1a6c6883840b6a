import { describe, expect, it } from 'vitest';
import { nodeBirdProtocols } from '../../../workers/probes/bird.ts';
import { parsed } from './seeing.ts';

// BIRD of calico/node, as `birdcl6 show protocols` prints it.
const recorded = `BIRD v0.3.3+birdv1.6.8 ready.
name     proto    table    state  since       info
static1  Static   master   up     2026-01-12  
kernel1  Kernel   master   up     2026-01-12  
Mesh_2001_db8_1__20 BGP      master   up     08:14:02    Established   
Mesh_2001_db8_1__30 BGP      master   start  2026-01-12 08:14:02  Active        Socket: Connection refused
`;

describe('workers/probes/bird', () => {
  it('reads the state of each session, whatever its time looks like', () => {
    expect(parsed(nodeBirdProtocols, recorded)).toEqual([
      { name: 'static1', protocol: 'Static', state: 'up', info: '' },
      { name: 'kernel1', protocol: 'Kernel', state: 'up', info: '' },
      { name: 'Mesh_2001_db8_1__20', protocol: 'BGP', state: 'up', info: 'Established' },
      { name: 'Mesh_2001_db8_1__30', protocol: 'BGP', state: 'start', info: 'Active Socket: Connection refused' },
    ]);
  });

  it.each(['', 'Unable to connect to server control socket', 'name proto\n'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeBirdProtocols, text)).toMatch(/^UNPARSABLE bird: not BIRD's protocols: /);
    },
  );
});
