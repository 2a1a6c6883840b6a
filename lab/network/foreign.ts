import type { Plan } from './plan.ts';
import { inside } from './topology.ts';

/** What kube-proxy writes for the cluster's one Service, and rules of the host's own that hurt nobody, at any position. */
export function foreignRules(plan: Plan): string[] {
  const { shape, nodes, dnsPod, dnsService, random } = plan;
  const suffix = shape.backend === 'legacy' ? 'legacy' : 'nft';
  const services = (target: string, address: string, bits: number) => [
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ...['udp', 'tcp'].map(
      (protocol) =>
        `-A KUBE-SERVICES -d ${address}/${bits} -p ${protocol} -m comment --comment "kube-system/kube-dns:dns${protocol === 'tcp' ? '-tcp' : ''} cluster IP" -m ${protocol} --dport 53 -j DNAT --to-destination ${target}`,
    ),
    'COMMIT',
  ];
  const harmless = [
    '-p tcp -m tcp --dport 22 -j ACCEPT',
    '-p ipv6-icmp -j ACCEPT',
    '-i docker0 -j ACCEPT',
    '-o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ];
  const inserted = harmless
    .filter(() => random.int(2) === 0)
    .map((rule) => `${random.pick(['-I', '-A'])} ${rule.startsWith('-p') ? 'INPUT' : 'FORWARD'} ${rule}`);
  const own = shape.backend === 'nftables' || inserted.length === 0 ? [] : ['*filter', ...inserted, 'COMMIT'];
  const restore = (command: string, lines: readonly string[]) =>
    `${command} --noflush -w 5 <<'RULES'\n${lines.join('\n')}\nRULES`;
  return nodes.map(({ netns }) =>
    inside(netns, [
      restore(`ip6tables-${suffix}-restore`, [...services(`[${dnsPod.ipv6}]:53`, dnsService.ipv6, 128), ...own]),
      ...(dnsPod.ipv4
        ? [restore(`iptables-${suffix}-restore`, services(`${dnsPod.ipv4}:53`, dnsService.ipv4, 32))]
        : []),
    ]),
  );
}
