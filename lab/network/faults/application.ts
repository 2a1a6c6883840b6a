import { notInjectable, variantsOf } from './entry.ts';
import { inPod } from './words.ts';

export const applicationEntries = [
  ...variantsOf('mesh-drops-v6', 'application', {
    '': {
      how: "the sidecar's rules reject ICMPv6 in the pod, neighbour discovery with it",
      inject: (plan) => ({
        script: [
          inPod(
            plan,
            'ip6tables-nft -N ISTIO_INBOUND; ip6tables-nft -A INPUT -j ISTIO_INBOUND',
            'ip6tables-nft -A ISTIO_INBOUND -p ipv6-icmp -j REJECT',
            'ip6tables-nft -A ISTIO_INBOUND -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
          ),
        ],
      }),
    },
    redirect: {
      how: "the sidecar's rules redirect IPv6 connections to a port where it listens on IPv4 alone",
      inject: (plan) => ({
        script: [
          inPod(
            plan,
            'ip6tables-nft -t nat -N ISTIO_OUTPUT; ip6tables-nft -t nat -A OUTPUT -p tcp -j ISTIO_OUTPUT',
            'ip6tables-nft -t nat -A ISTIO_OUTPUT -p tcp -j REDIRECT --to-ports 15001',
          ),
        ],
      }),
    },
  }),
  notInjectable(
    'app-prefers-or-forces-ipv4',
    'application',
    'the path works in both families: which one an application prefers shows in no packet that is missing',
  ),
  notInjectable('bpf-ipv6-off-or-broken', 'application', 'there is no eBPF dataplane here'),
];
