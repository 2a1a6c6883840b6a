/**
 * What the scripts need from the system: one row per command, with the Debian package that brings it, or with the Go module
 * that does where Go is new enough; elsewhere what needs that one is skipped, by name and counted.
 */
export const needs = [
  { command: 'redis-server', or: 'valkey-server', apt: 'redis-server', for: ['lab', 'test'], unless: 'REDIS_URL' },
  { command: 'ip', apt: 'iproute2', for: ['lab', 'test'] },
  { command: 'unshare', apt: 'util-linux', for: ['lab', 'test'] },
  { command: 'ip6tables-legacy', apt: 'iptables', for: ['lab', 'test'] },
  { command: 'ip6tables-nft', apt: 'iptables', for: ['lab', 'test'] },
  { command: 'nft', apt: 'nftables', for: ['lab', 'test'] },
  { command: 'ipset', apt: 'ipset', for: ['lab', 'test'] },
  { command: 'conntrack', apt: 'conntrack', for: ['lab', 'test'] },
  { command: 'busybox', apt: 'busybox', for: ['lab', 'test'] },
  { command: 'dash', apt: 'dash', for: ['test'] },
  { command: 'openssl', apt: 'openssl', for: ['lab', 'test'] },
  { command: 'chromium', apt: 'chromium', for: ['test'] },
  { command: 'helm', go: 'helm.sh/helm/v3/cmd/helm@v3.22.0', for: ['test'] },
];

/** Which kind of need each script has; a script that is not here needs nothing but Node. */
export const kindOf = {
  'lab/demo.ts': 'lab',
  'lab/main.ts': 'lab',
  'scripts/chaos.ts': 'lab',
  'scripts/test.ts': 'test',
};
