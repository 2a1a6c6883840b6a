import { object } from '../object.ts';
import type { Plan } from '../plan.ts';
import { variantsOf } from './entry.ts';
import { at, onNode, setFelix, setPool6 } from './words.ts';

const pool = (plan: Plan, name: string, spec: Readonly<Record<string, unknown>>) =>
  object(
    'projectcalico.org/v3',
    'IPPool',
    { name: `${name}-${plan.random.suffix(4)}` },
    { spec: { ipipMode: 'Never', vxlanMode: 'Never', blockSize: 122, nodeSelector: 'all()', ...spec } },
  );

export const translationEntries = [
  ...variantsOf('natoutgoing-disabled-ula', 'translation', {
    '': {
      how: 'a unique local pool without natOutgoing',
      inject: () => ({ edit: setPool6({ natOutgoing: false }) }),
    },
    'set-empty': {
      how: 'the pool is not translated any more; the rule is still there, and its set of pools is empty',
      inject: () => ({ edit: setPool6({ natOutgoing: false }), quirks: { keepsNatRule: true } }),
    },
    'other-pool': {
      how: "another pool is translated, and the pod's is not",
      inject: (plan) => ({
        edit: setPool6({ natOutgoing: false }),
        objects: [pool(plan, 'batch', { cidr: 'fd12:3456:789a::/48', natOutgoing: true })],
        traffic: ['retries', 'strangers'],
      }),
    },
  }),
  ...variantsOf('pod-gua-not-routed-back', 'translation', {
    '': {
      how: 'the pool is global and not translated, and the network outside has no route back to it',
      shape: { addressing: 'gua' },
      inject: (plan) => ({ script: [at('mid', `ip -6 route del ${plan.pool6}`)] }),
    },
    'on-link': {
      how: "the router takes the pods' prefix for on-link and asks for neighbours that nobody answers for",
      shape: { addressing: 'gua' },
      inject: (plan) => ({
        script: [at('inet', `ip -6 route replace ${plan.subject.node.block6} dev br0`)],
      }),
    },
  }),
  ...variantsOf('masquerade-skipped-dest-in-pool', 'translation', {
    '': {
      how: 'an oversized pool holds the destination, so packets to it are not translated',
      inject: (plan) => ({ objects: [pool(plan, 'external', { cidr: '2000::/3', natOutgoing: false })] }),
    },
    disabled: {
      how: 'a pool that was disabled long ago holds the destinations, so packets to them are not translated',
      inject: (plan) => ({
        objects: [
          pool(plan, 'old', { cidr: '2001:4860::/32', disabled: true }),
          pool(plan, 'old', { cidr: '2606:4700::/32', disabled: true }),
        ],
      }),
    },
  }),
  ...variantsOf('masquerade-source-unroutable', 'translation', {
    '': {
      how: 'the uplink has a unique local address alone, which packets are translated to',
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `ip -6 addr del ${plan.subject.node.ipv6}/64 dev eth0`,
            'ip -6 addr add fd55:1:2:3::10/64 dev eth0 nodad',
          ),
        ],
      }),
    },
    'wrong-prefix': {
      how: "the uplink's global address belongs to another site, which replies go to",
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `ip -6 addr del ${plan.subject.node.ipv6}/64 dev eth0`,
            'ip -6 addr add 2001:db8:bad:bad::10/64 dev eth0 nodad',
          ),
        ],
      }),
    },
  }),
  ...variantsOf('felix-nat-config-breaks-v6', 'translation', {
    '': {
      how: 'iptablesNATOutgoingInterfaceFilter does not match the uplink',
      inject: () => ({ edit: setFelix({ iptablesNATOutgoingInterfaceFilter: 'bond+' }) }),
    },
    'ipv4-address': {
      how: 'natOutgoingAddress is an IPv4 address, so the IPv6 rule cannot be written',
      inject: (plan) => ({
        edit: setFelix({ natOutgoingAddress: plan.subject.node.ipv4 }),
        quirks: { withoutNat6: true },
      }),
    },
  }),
  ...variantsOf('infra-source-filter', 'translation', {
    '': {
      how: "the hypervisor drops packets whose source is not the node's own address",
      shape: { addressing: 'gua' },
      inject: (plan) => ({
        script: [at('inet', `ip6tables-nft -I FORWARD 1 -i br0 ! -s ${plan.nodePrefix} -j DROP`)],
      }),
    },
  }),
];
