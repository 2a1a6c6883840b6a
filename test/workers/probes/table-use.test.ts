import { describe, expect, it } from 'vitest';
import { nodeTables } from '../../../workers/probes/table-use.ts';
import { parsed } from './seeing.ts';

// GNU grep 3.8 and conntrack 1.4.7 on Linux 6.18, with two processors.
const recorded = (count: number, drops: readonly number[]) => `/proc/sys/net/netfilter/nf_conntrack_count:${count}
/proc/sys/net/netfilter/nf_conntrack_max:262144
/proc/sys/net/ipv6/neigh/default/gc_thresh3:1024
/proc/sys/net/ipv6/route/max_size:4096
/proc/net/rt6_stats:0007 0005 0003 0006 0000 001f 0000
${drops.map((drop, at) => `cpu=${at}   	found=0 invalid=3 insert=0 insert_failed=0 drop=${drop} early_drop=9 error=0 search_restart=0 clash_resolve=0 chaintoolong=0 `).join('\n')}
`;

describe('workers/probes/table-use', () => {
  it('reads how full each table is, and what all processors lost', () => {
    const value = parsed(nodeTables, recorded(812, [1, 2]), recorded(262_144, [1, 40]));

    expect(value).toMatchObject({ before: { conntrackCount: 812, conntrackDrops: 3 } });
    expect(value).toMatchObject({
      after: {
        ...{ conntrackCount: 262_144, conntrackMax: 262_144, conntrackDrops: 41 },
        ...{ neighbourMax: 1024, routeCount: 31, routeMax: 4096 },
      },
    });
  });

  it('does not take for empty what this kernel does not say', () => {
    const line = '/proc/sys/net/ipv6/route/max_size:4096';

    expect(parsed(nodeTables, line, line)).toMatchObject({
      after: { conntrackCount: null, conntrackMax: null, conntrackDrops: null, neighbourMax: null, routeCount: null },
    });
  });

  it.each(['', '/proc/sys/net/ipv6/route/max_size:many', '/etc/passwd:1', '/proc/net/rt6_stats:1 2', 'cpu=0 found=1'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeTables, text, recorded(1, []))).toMatch(
        /^UNPARSABLE limits-before: (not a limit: |no limits at all)/,
      );
    },
  );
});
