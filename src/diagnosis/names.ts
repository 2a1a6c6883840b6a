import type { NameLookup } from '../evidence/flows.ts';
import type { PodObject } from '../evidence/objects.ts';

export function describeLookup({ family, outcome, addresses, tool, said }: NameLookup): string {
  const type = family === 6 ? 'AAAA' : 'A';
  return `${type}: ${addresses.length > 0 ? addresses.join(', ') : outcome} (${tool}${said && `: ${said}`})`;
}

/** What to change, by what stands between the pod and the answer. */
export function repairOfNames(
  what: 'resolver' | 'policy' | 'record',
  { namespace, name }: PodObject,
  resolvers: readonly string[],
): string {
  switch (what) {
    case 'resolver':
      return [
        '# a name server of the pods own family: kubelet clusterDNS, the node-local-dns address, or dnsConfig of the pod.',
        "kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.clusterIPs}'",
        `# then create the pod again:\nkubectl -n ${namespace} delete pod ${name}`,
      ].join('\n');
    case 'policy':
      return [
        `# add to the policy that isolates pod ${namespace}/${name}, under spec.egress (name servers: ${resolvers.join(', ')}):`,
        '- ports:',
        '  - protocol: UDP',
        '    port: 53',
        '  - protocol: TCP',
        '    port: 53',
      ].join('\n');
    case 'record':
      return [
        '# does the zone itself have an AAAA record? If it has, the cluster hides it: template or rewrite of AAAA in the Corefile',
        'kubectl -n kube-system get configmap coredns -o yaml | grep -n -A3 AAAA',
        '# if it has none, the destination is IPv4 only: use DNS64 with NAT64, or IPv4',
      ].join('\n');
  }
}
