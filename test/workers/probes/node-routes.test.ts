import { describe, expect, it } from 'vitest';
import { nodeRoutes } from '../../../workers/probes/node-routes.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1.0 on Linux 6.18.
const recorded = `[{"type":"unicast","dst":"2001:db8:2::/64","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"fd00:b::3","dev":"v0","weight":1,"flags":[]},{"gateway":"fd00:b::4","dev":"v1","weight":1,"flags":[]}]},{"type":"blackhole","dst":"fd00:10:244::/122","dev":"lo","table":"main","protocol":"80","scope":"global","metric":1024,"flags":[],"pref":"medium"},{"type":"unicast","dst":"fd00:10:244::a","dev":"lo","table":"main","protocol":"kernel","scope":"global","metric":256,"flags":[],"pref":"medium"},{"type":"unicast","dst":"default","gateway":"fe80::1","dev":"v0","table":"main","protocol":"ra","scope":"global","metric":1024,"flags":[],"expires":-1,"pref":"medium"},{"type":"local","dst":"::1","dev":"lo","table":"local","protocol":"kernel","scope":"global","metric":0,"flags":[],"pref":"medium"}]`;

const none = { gateway: null, expiresSeconds: null };

describe('workers/probes/node-routes', () => {
  it('reads routes of all tables, one for each hop', () => {
    expect(parsed(nodeRoutes, recorded)).toEqual([
      {
        ...none,
        destination: '2001:db8:2::/64',
        type: 'unicast',
        gateway: 'fd00:b::3',
        device: 'v0',
        metric: 1024,
        protocol: 'boot',
        table: 'main',
      },
      {
        ...none,
        destination: '2001:db8:2::/64',
        type: 'unicast',
        gateway: 'fd00:b::4',
        device: 'v1',
        metric: 1024,
        protocol: 'boot',
        table: 'main',
      },
      {
        ...none,
        destination: 'fd00:10:244::/122',
        type: 'blackhole',
        device: 'lo',
        metric: 1024,
        protocol: '80',
        table: 'main',
      },
      {
        ...none,
        destination: 'fd00:10:244::a/128',
        type: 'unicast',
        device: 'lo',
        metric: 256,
        protocol: 'kernel',
        table: 'main',
      },
      {
        destination: 'default',
        type: 'unicast',
        gateway: 'fe80::1',
        device: 'v0',
        metric: 1024,
        protocol: 'ra',
        table: 'main',
        expiresSeconds: -1,
      },
      { ...none, destination: '::1/128', type: 'local', device: 'lo', metric: 0, protocol: 'kernel', table: 'local' },
    ]);
  });

  it('reads a route that says little, as older tools print it', () => {
    expect(parsed(nodeRoutes, '[{"dst":"default"}]')).toEqual([
      { ...none, destination: 'default', type: 'unicast', device: null, metric: null, protocol: null, table: 'main' },
    ]);
  });

  it.each([
    'RTNETLINK answers: Operation not permitted',
    '[{"dst":"nowhere"}]',
    '[{"dst":"::/0","type":"odd"}]',
    '[{}]',
  ])('takes "%s" for nothing that it knows', (text) => {
    expect(parsed(nodeRoutes, text)).toMatch(/^UNPARSABLE routes: [^\n]+$/);
  });
});
