import { describe, expect, it } from 'vitest';
import { nodeDestinationRoutes, nodePodRoute } from '../../../workers/probes/route-lookups.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1.0 on Linux 6.18.
const recorded = `> 2001:db8:1::1
RTNETLINK answers: Invalid argument
> 2001:db8:2::1
RTNETLINK answers: Permission denied
> 2001:db8:3::1
RTNETLINK answers: No route to host
> 2a00::1
[{"dst":"2a00::1","from":"::","gateway":"fe80::1","dev":"v0","protocol":"ra","prefsrc":"fd00:b::1","metric":1024,"flags":[],"pref":"medium"}]
> fd00:b::dead
[{"dst":"fd00:b::dead","from":"::","dev":"v0","protocol":"kernel","prefsrc":"fd00:b::1","metric":256,"flags":[],"pref":"medium"}]
`;
const nothing = { device: null, gateway: null, source: null };

describe('workers/probes/route-lookups', () => {
  it('reads a route or the kernel’s refusal for each address', () => {
    expect(parsed(nodeDestinationRoutes, recorded)).toEqual([
      { ...nothing, to: '2001:db8:1::1', problem: 'Invalid argument' },
      { ...nothing, to: '2001:db8:2::1', problem: 'Permission denied' },
      { ...nothing, to: '2001:db8:3::1', problem: 'No route to host' },
      { to: '2a00::1', device: 'v0', gateway: 'fe80::1', source: 'fd00:b::1', problem: null },
      { to: 'fd00:b::dead', device: 'v0', gateway: null, source: 'fd00:b::1', problem: null },
    ]);
    expect(parsed(nodeDestinationRoutes, '')).toEqual([]);
  });

  it.each`
    type             | problem
    ${'unreachable'} | ${'No route to host'}
    ${'blackhole'}   | ${'Invalid argument'}
    ${'prohibit'}    | ${'Permission denied'}
    ${'throw'}       | ${'Network is unreachable'}
    ${'local'}       | ${null}
  `('says "$problem" of a route that is $type', ({ type, problem }) => {
    expect(parsed(nodePodRoute, `> fd00::1\n[{"type":"${type}","dst":"fd00::1","dev":"lo"}]`)).toMatchObject({
      problem,
    });
  });

  it('takes the one answer for the pod', () => {
    expect(parsed(nodePodRoute, '> FD00:0::A\n[{"dst":"fd00::a","dev":"cali1"}]')).toEqual({
      ...{ to: 'fd00::a', device: 'cali1', gateway: null, source: null, problem: null },
    });
    expect(parsed(nodePodRoute, '')).toMatch(/^UNPARSABLE pod-route: /);
  });

  it.each(['> fd00::1\n', '> fd00::1\n[]', '> nowhere\n[]', 'hello', '> fd00::1\n[{'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeDestinationRoutes, text)).toMatch(/^UNPARSABLE destination-routes: [^\n]+$/);
    },
  );
});
