import { describe, expect, it } from 'vitest';
import { kernelTables } from '../../../src/diagnosis/checks/kernel-tables.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, said, tableUse } from '../../helpers/healthy-evidence.ts';

type Use = Evidence['nodeTables']['after'];
const tables = (after: Partial<Use>, before: Partial<Use> = {}) => ({
  nodeTables: { before: { ...tableUse, ...before }, after: { ...tableUse, ...after } },
});
const hop = { address: 'fe80::1', device: 'eth0', mac: null, state: 'FAILED', isRouter: false };
const full = { conntrackCount: 262_144 };
const lost = { podConnects: connects(anchors, 'TIMEOUT') };
const unsaid: Use = {
  ...{ conntrackCount: null, conntrackMax: null, conntrackDrops: null },
  ...{ neighbourMax: null, routeCount: null, routeMax: null },
};

describe('diagnosis/checks/kernel-tables', () => {
  it.each`
    situation                                       | changes                                                               | confidence   | isDeciding
    ${'as many drops as the pod lost'}              | ${{ ...lost, ...tables({ ...full, conntrackDrops: 24 }) }}            | ${'certain'} | ${true}
    ${'fewer drops, for some attempts got through'} | ${{ ...lost, ...tables({ ...full, conntrackDrops: 5 }) }}             | ${'certain'} | ${false}
    ${'a full table that counts no drops'}          | ${{ ...lost, ...tables({ ...full, conntrackDrops: null }) }}          | ${'likely'}  | ${false}
    ${'a full route cache'}                         | ${{ ...lost, ...tables({ routeCount: 4096, routeMax: 4096 }) }}       | ${'likely'}  | ${false}
    ${'a nearly full neighbour table'}              | ${{ ...lost, ...tables({ neighbourMax: 1 }), nodeNeighbours: [hop] }} | ${'likely'}  | ${false}
  `('kernel-table-limits ($confidence) with $situation', ({ changes, confidence, isDeciding }) => {
    expect(said(kernelTables, changes).judgement).toMatchObject({
      ...{ outcome: 'fail', cause: 'kernel-table-limits', confidence, isDeciding },
    });
  });

  it.each`
    situation                                 | changes                                                                   | outcome
    ${'room everywhere'}                      | ${{}}                                                                     | ${'pass'}
    ${'drops of long ago'}                    | ${{ ...lost, ...tables({ conntrackDrops: 90 }, { conntrackDrops: 90 }) }} | ${'pass'}
    ${'a nearly full table and nothing lost'} | ${tables({ conntrackCount: 262_000 })}                                    | ${'pass'}
    ${'a high limit as of a kernel from 6.3'} | ${{ ...lost, ...tables({ routeMax: 2_147_483_647 }) }}                    | ${'pass'}
    ${'a kernel that says nothing'}           | ${{ nodeTables: { before: unsaid, after: unsaid } }}                      | ${'inconclusive'}
    ${'a node that nobody looked at'}         | ${{ nodeTables: failed('TIMED_OUT', '') }}                                | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(kernelTables, changes).outcome).toBe(outcome);
  });

  it.each`
    count      | drops | attempts | outcome   | confidence   | isDeciding
    ${257_000} | ${1}  | ${1}     | ${'fail'} | ${'certain'} | ${true}
    ${257_000} | ${1}  | ${2}     | ${'fail'} | ${'certain'} | ${false}
    ${257_000} | ${1}  | ${0}     | ${'fail'} | ${'certain'} | ${false}
    ${257_000} | ${0}  | ${1}     | ${'fail'} | ${'likely'}  | ${false}
    ${262_144} | ${0}  | ${0}     | ${'fail'} | ${'likely'}  | ${false}
    ${257_000} | ${0}  | ${0}     | ${'pass'} | ${undefined} | ${undefined}
    ${250_000} | ${9}  | ${6}     | ${'pass'} | ${undefined} | ${undefined}
  `(
    '$outcome ($confidence) with $count of 262144, $drops drops and $attempts attempts lost',
    ({ count, drops, attempts, outcome, confidence, isDeciding }) => {
      const outcomes = Array.from({ length: attempts }, () => 'TIMEOUT' as const);
      const changes = {
        podConnects: connects(anchors, ...outcomes, 'connected'),
        ...tables({ conntrackCount: count, conntrackDrops: drops }),
      };
      const { judgement, facts } = said(kernelTables, changes);

      expect(judgement).toMatchObject({ outcome, ...(confidence ? { confidence, isDeciding } : {}) });
      expect(facts.some((fact) => fact.includes('dropped'))).toBe(drops > 0);
    },
  );

  it('says which table it is, whom else it hits, and what else it may be', () => {
    const conntrack = said(kernelTables, { ...lost, ...tables({ ...full, conntrackDrops: 24 }) });
    const cache = said(kernelTables, { ...lost, ...tables({ routeCount: 4096, routeMax: 4096 }) });

    expect(conntrack.summary).toContain('conntrack table of node node-1 is full (262144 of 262144)');
    expect(conntrack.summary).toContain('of IPv4 as well');
    expect(conntrack.fix).toContain('conntrack -L');
    expect(conntrack.judgement).toMatchObject({ neighbours: [] });
    expect(cache.summary).not.toContain('IPv4');
    expect(cache.fix).not.toContain('conntrack');
    expect(cache.judgement).toMatchObject({ neighbours: ['node-upstream-black-hole'] });
  });

  it('says what to raise', () => {
    expect(said(kernelTables, { ...lost, ...tables({ ...full, conntrackDrops: 24 }) }).fix).toContain(
      'net.netfilter.nf_conntrack_max = 1048576',
    );
  });
});
