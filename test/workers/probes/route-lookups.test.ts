import { describe, expect, it } from 'vitest';
import { nodeDestinationRoutes, nodePodRoute, podDestinationRoutes } from '../../../workers/probes/route-lookups.ts';
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

  // busybox 1.35 and iproute2 6.1, neither of them as JSON.
  it.each`
    answer                                                                                 | expected
    ${'2a00::1 from :: via fe80::1 dev eth0  src fd00::5  metric 1024'}                    | ${{ device: 'eth0', gateway: 'fe80::1', source: 'fd00::5', problem: null }}
    ${'2a00::1 from :: via FE80::1 dev eth0 proto ra src fd00::5 metric 1024 pref medium'} | ${{ device: 'eth0', gateway: 'fe80::1', source: 'fd00::5', problem: null }}
    ${'2a00::1 from :: dev eth0 metric 1024'}                                              | ${{ device: 'eth0', gateway: null, source: null, problem: null }}
    ${'ip: RTNETLINK answers: Network is unreachable'}                                     | ${{ ...nothing, problem: 'Network is unreachable' }}
    ${'RTNETLINK answers: No route to host'}                                               | ${{ ...nothing, problem: 'No route to host' }}
    ${'unreachable 2a00::1 from :: dev lo table 77 src fd00::5 metric 1024 error -113'}    | ${{ ...nothing, problem: 'No route to host' }}
  `("reads the pod's own answer: $answer", ({ answer, expected }) => {
    expect(parsed(podDestinationRoutes, `> 2a00::1\n${answer}\n`)).toEqual([{ to: '2a00::1', ...expected }]);
  });

  it.each`
    answer                                     | says
    ${'sh: ip: not found'}                     | ${/^TOOL_MISSING routes: sh: ip: not found/}
    ${"ip: invalid argument 'get' to 'route'"} | ${/^(TOOL_MISSING|UNPARSABLE) routes/}
    ${'something else'}                        | ${/^UNPARSABLE routes: no answer for: 2a00::1/}
  `('does not take "$answer" for an answer', ({ answer, says }) => {
    expect(parsed(podDestinationRoutes, `> 2a00::1\n${answer}\n`)).toMatch(says);
  });
});
