import type { Plan } from '../plan.ts';
import { set } from '../topology.ts';
import { type Injection, variantsOf } from './entry.ts';
import { editSpec, edits, ip6tables, onNode, setCalicoNode, setFelix } from './words.ts';

/** Changing it purges nothing static, but the kernel may take the default away with the routes of advertisements. */
const stopForwarding = (plan: Plan) =>
  onNode(
    plan,
    set(0, 'ipv6/conf/all/forwarding'),
    'ip -6 route show default | grep -q . || ip -6 route add default via fe80::1 dev eth0',
  );

/** Entries that count as established, so that none of them gives way to a new flow. */
const fillConntrack = (plan: Plan, free: number) =>
  onNode(
    plan,
    `busybox awk -v n=$(($(cat /proc/sys/net/netfilter/nf_conntrack_max) - $(cat /proc/sys/net/netfilter/nf_conntrack_count) - ${free})) 'BEGIN { for (i = 0; i < n; i++) printf "-A -s fd99::%x:%x -d fd98::1 -p tcp --sport %d --dport 443 --state ESTABLISHED -u ASSURED,SEEN_REPLY -t 86400\\n", i / 60000, i % 60000, 1024 + i % 60000 }' >/run/flows`,
    'conntrack -R /run/flows >/dev/null 2>&1 || true; rm -f /run/flows',
  );

/** The other packet filter of the two: rules of an earlier installation that nobody takes away any more. */
function staleRules(plan: Plan): string {
  const command = plan.shape.backend === 'legacy' ? 'ip6tables-nft-restore' : 'ip6tables-legacy-restore';
  const lines = [
    '*filter',
    ':cali-FORWARD - [0:0]',
    ':cali-from-wl-dispatch - [0:0]',
    '-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD',
    '-A cali-FORWARD -i cali+ -m comment --comment "cali:8ZoYfO5HKXWbB3pk" -j cali-from-wl-dispatch',
    '-A cali-from-wl-dispatch -m comment --comment "cali:zTj6P0TIgYvgz-md" -m comment --comment "Unknown interface" -j DROP',
    'COMMIT',
  ];
  return onNode(plan, `${command} --noflush <<'STALE'\n${lines.join('\n')}\nSTALE`);
}

const notReady =
  (plan: Plan): Injection['edit'] =>
  (each) =>
    each.kind === 'Pod' && each.metadata.name === plan.subject.node.calicoNodePod
      ? {
          ...each,
          status: {
            ...(each.status as object),
            conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
            containerStatuses: [
              {
                name: 'calico-node',
                ready: false,
                restartCount: 41,
                state: { running: { startedAt: '2026-01-12T08:00:00Z' } },
              },
            ],
          },
        }
      : each;

export const forwardingEntries = [
  ...variantsOf('host-forwarding-disabled', 'forwarding', {
    '': {
      how: 'the node does not forward IPv6',
      inject: (plan) => ({ script: [stopForwarding(plan)] }),
    },
    retries: {
      how: "the node does not forward IPv6, and the pod's application goes on trying",
      inject: (plan) => ({ script: [stopForwarding(plan)], traffic: ['retries', 'strangers'] }),
    },
  }),
  ...variantsOf('kernel-table-limits', 'forwarding', {
    '': {
      how: "the node's connection tracking table is full",
      inject: (plan) => ({ script: [fillConntrack(plan, 0)] }),
    },
    'nearly-full': {
      how: "the node's connection tracking table has room for a few flows, so some attempts get through",
      inject: (plan) => ({ script: [fillConntrack(plan, 6)], traffic: ['strangers'] }),
    },
  }),
  ...variantsOf('felix-ipv6-support-off', 'forwarding', {
    '': {
      how: "calico-node's environment switches Felix's IPv6 support off: no rules, no translation",
      inject: () => ({ edit: setCalicoNode({ FELIX_IPV6SUPPORT: 'false' }) }),
    },
    configuration: {
      how: "the FelixConfiguration switches Felix's IPv6 support off",
      inject: () => ({
        edit: edits(
          setFelix({ ipv6Support: false }),
          editSpec('DaemonSet', /^calico-node$/, (spec) =>
            JSON.parse(JSON.stringify(spec).replace('{"name":"FELIX_IPV6SUPPORT","value":"true"},', '')),
          ),
        ),
      }),
    },
    'no-forwarding': {
      how: "Felix's IPv6 support is off, and nobody switched forwarding on",
      inject: (plan) => ({
        script: [stopForwarding(plan)],
        edit: setCalicoNode({ FELIX_IPV6SUPPORT: 'false' }),
      }),
    },
  }),
  ...variantsOf('felix-not-programmed', 'firewall', {
    '': {
      how: 'calico-node is not ready and has never programmed the pod, so its interface is unknown',
      inject: (plan) => ({ quirks: { unknown: [plan.subject.veth] }, edit: notReady(plan) ?? ((each) => each) }),
    },
  }),
  ...variantsOf('ip6tables-programming-failed', 'firewall', {
    '': {
      how: 'rules of an earlier installation live on in the other packet filter and drop what they do not know',
      shape: { backend: 'nft' },
      inject: (plan) => ({ script: [staleRules(plan)] }),
    },
    legacy: {
      how: 'Felix writes legacy tables, and rules that it once wrote through nftables drop what they do not know',
      shape: { backend: 'legacy' },
      inject: (plan) => ({ script: [staleRules(plan)] }),
    },
    'no-nat-table': {
      how: "Felix's writes of the IPv6 nat table fail, so nothing is translated although the pool asks for it",
      shape: { backend: 'nft' },
      inject: (plan) => ({
        quirks: { withoutNat6: true },
        script: [onNode(plan, `${ip6tables(plan)} -t nat -S >/dev/null`)],
      }),
    },
  }),
];
