import { names } from '../servers.ts';
import { variantsOf } from './entry.ts';
import { edits, globalPolicy, kubernetesPolicy, unplugIPv6, withoutIPv6 } from './words.ts';

export const dnsEntries = [
  ...variantsOf('dns-no-aaaa', 'dns', {
    '': {
      how: "the cluster's DNS answers no AAAA question",
      inject: () => ({ zone: { [names.both]: { A: ['8.8.8.8'] } }, destination: names.both }),
    },
    dns64: {
      how: 'DNS64 makes up an address for a name of IPv4 alone, and nothing translates it',
      inject: () => ({
        zone: { [names.fourOnly]: { A: ['8.8.8.8'], AAAA: ['64:ff9b::808:808'] } },
        destination: names.fourOnly,
      }),
    },
  }),
  ...variantsOf('aaaa-on-ipv4-only-pod', 'dns', {
    '': {
      how: 'a pod of a cluster without IPv6 is asked about a name that has an IPv6 address',
      inject: (plan) => ({
        script: unplugIPv6(plan),
        edit: edits(withoutIPv6(plan, { status: true, annotation: true }), (each) =>
          each.kind === 'IPPool' && /ipv6/.test(each.metadata.name) ? null : each,
        ),
        destination: names.both,
      }),
    },
  }),
  ...variantsOf('resolver-wrong-family', 'dns', {
    '': {
      how: 'an IPv6-only pod has an IPv4 name server',
      shape: { family: 'ipv6' },
      inject: () => ({ resolvers: ['169.254.20.10'], destination: names.both }),
    },
  }),
  ...variantsOf('dns-blocked-by-policy', 'dns', {
    '': {
      how: 'a NetworkPolicy admits the destination in both families and forgets DNS',
      inject: (plan) => ({
        objects: [
          kubernetesPolicy(plan, [
            {
              to: [{ ipBlock: { cidr: '::/0' } }, { ipBlock: { cidr: '0.0.0.0/0' } }],
              ports: [{ protocol: 'TCP', port: 443 }],
            },
          ]),
        ],
        destination: names.both,
      }),
    },
    'calico-deny': {
      how: 'a GlobalNetworkPolicy denies DNS and admits the rest',
      inject: (plan) => ({
        objects: [
          globalPolicy(plan, {
            order: 10,
            selector: "app == 'checkout'",
            egress: [
              { action: 'Deny', protocol: 'UDP', destination: { ports: [53] } },
              { action: 'Deny', protocol: 'TCP', destination: { ports: [53] } },
              { action: 'Allow' },
            ],
          }),
        ],
        destination: names.both,
      }),
    },
  }),
];
