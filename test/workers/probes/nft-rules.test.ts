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

describe('workers/probes/nft-rules', () => {
  it('reads chains and passes over sets and maps', () => {
    expect(nftRules(recorded).map(({ chain, rule, packets }) => [chain, rule, packets])).toEqual([
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
