import { gateway } from '../pods.ts';
import { variantsOf } from './entry.ts';
import { inPod } from './words.ts';

const foreignAddress = 'fd66:6:6::6';

export const podRouteEntries = [
  ...variantsOf('pod-no-default-v6-route', 'pod-route', {
    '': {
      how: 'the pod has no IPv6 default route',
      inject: (plan) => ({ script: [inPod(plan, 'ip -6 route del default')] }),
    },
    hijacked: {
      how: 'a second interface of the pod took its IPv6 default route over',
      inject: (plan) => ({
        script: [
          inPod(
            plan,
            'ip link add net1 type veth peer name net1-far',
            'ip link set net1-far up; ip link set net1 up',
            'ip -6 addr add fd77:1::2/64 dev net1 nodad',
            'ip -6 route del default',
            'ip -6 route add default via fd77:1::1 dev net1',
          ),
        ],
      }),
    },
    blackhole: {
      how: "the pod's IPv6 default route is a black hole",
      inject: (plan) => ({
        script: [inPod(plan, 'ip -6 route del default', 'ip -6 route add blackhole default metric 1024')],
      }),
    },
    rule: {
      how: "a routing rule in the pod sends global addresses to a table of a VPN's without a way out",
      inject: (plan) => ({
        script: [
          inPod(plan, 'ip -6 rule add pref 100 to 2000::/3 lookup 77', 'ip -6 route add unreachable default table 77'),
        ],
      }),
    },
  }),
  ...variantsOf('pod-source-not-wep-address', 'pod-route', {
    '': {
      how: "the pod's default route prefers an address that Calico does not know",
      inject: (plan) => ({
        script: [
          inPod(
            plan,
            `ip -6 addr add ${foreignAddress}/128 dev eth0 nodad`,
            `ip -6 route replace default via ${gateway} dev eth0 src ${foreignAddress} metric 1024`,
          ),
        ],
      }),
    },
    deprecated: {
      how: "the pod's own address is deprecated, so the kernel prefers one that was added later",
      inject: (plan) => ({
        script: [
          inPod(
            plan,
            `ip -6 addr add ${foreignAddress}/128 dev eth0 nodad`,
            `ip -6 addr change ${plan.subject.ipv6}/128 dev eth0 preferred_lft 0`,
          ),
        ],
      }),
    },
  }),
];
