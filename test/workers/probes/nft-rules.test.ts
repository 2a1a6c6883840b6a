import { describe, expect, it } from 'vitest';
import { nftRules } from '../../../workers/probes/nft-rules.ts';

// nftables 1.0.6 on Linux 6.18.
const recorded = `table ip6 calico {
	set s {
		type ipv6_addr
		flags interval
		elements = { fd00::/8 }
	}

	map m {
		type ifname : verdict
		elements = { "cali1" : drop }
	}

	chain c {
		counter packets 5 bytes 400 drop comment "x { y"
		ip6 daddr @s accept
	}

	chain f {
		type filter hook forward priority filter; policy drop;
		iifname vmap @m
		jump c
	}

	chain g {
		type nat hook postrouting priority srcnat
		meta mark 0x00000001 counter packets 2 bytes 80 masquerade
	}
}
`;

// A map of Calico's, over two lines, and a table of firewalld's.
const dispatch = `table ip6 calico {
	map filter-cali-from-wl-dispatch {
		type ifname : verdict
		elements = { "cali1" : goto filter-cali-fw-cali1,
			     "cali2" : goto filter-cali-fw-cali2 }
	}

	chain filter-cali-from-wl-dispatch {
		iifname vmap @filter-cali-from-wl-dispatch
	}
}
table inet firewalld {
	ct helper helper-ftp-tcp {
		type "ftp" protocol tcp
	}

	chain filter_FORWARD {
		type filter hook forward priority filter + 10; policy accept;
		ct status dnat accept
		oifname { "eth0", "eth1" } counter packets 7 bytes 420 reject with icmpv6 admin-prohibited
	}
}
`;

const calico = (chain: string, rule: string) => ({ backend: 'nftables', table: 'calico', chain, rule, packets: 0 });
const firewalld = (rule: string) => ({
  ...{ backend: 'nftables', table: 'inet firewalld', chain: 'filter_FORWARD', rule, packets: 0 },
});

describe('workers/probes/nft-rules', () => {
  it('says what a base chain is hooked to, and what nothing counts', () => {
    expect(nftRules(dispatch)).toEqual([
      { ...calico('filter-cali-from-wl-dispatch', '"cali1" : goto filter-cali-fw-cali1'), isCounted: false },
      { ...calico('filter-cali-from-wl-dispatch', '"cali2" : goto filter-cali-fw-cali2'), isCounted: false },
      {
        ...calico('filter-cali-from-wl-dispatch', 'iifname vmap @filter-cali-from-wl-dispatch'),
        isCounted: false,
      },
      { ...firewalld('policy ACCEPT'), isCounted: false, hook: 'forward' },
      { ...firewalld('ct status dnat accept'), isCounted: false },
      { ...firewalld('oifname { "eth0", "eth1" } reject with icmpv6 admin-prohibited'), packets: 7 },
    ]);
  });

  it('reads chains and verdict maps, and passes over sets', () => {
    expect(nftRules(recorded).map(({ chain, rule, packets }) => [chain, rule, packets])).toEqual([
      ['m', '"cali1" : drop', 0],
      ['c', 'drop comment "x { y"', 5],
      ['c', 'ip6 daddr @s accept', 0],
      ['f', 'policy DROP', 0],
      ['f', 'iifname vmap @m', 0],
      ['f', 'jump c', 0],
      ['g', 'policy ACCEPT', 0],
      ['g', 'meta mark 0x00000001 masquerade', 2],
    ]);
    expect(nftRules(recorded)[0]).toMatchObject({ backend: 'nftables', table: 'calico' });
  });

  it('sees no rules where there are none', () => {
    expect(nftRules('')).toEqual([]);
    expect(nftRules('table ip6 calico {\n}\n')).toEqual([]);
  });
});
