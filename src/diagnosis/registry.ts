import type { RegisteredCheck } from './check.ts';
import { egressPolicy } from './checks/egress-policy.ts';
import { hostPodRoute } from './checks/host-pod-route.ts';
import { nodeDefaultRoute } from './checks/node-default-route.ts';
import { nodeEgress } from './checks/node-egress.ts';
import { nodeFirewall } from './checks/node-firewall.ts';
import { nodeForwarding } from './checks/node-forwarding.ts';
import { podAddresses } from './checks/pod-addresses.ts';
import { podDefaultRoute } from './checks/pod-default-route.ts';
import { podEgress } from './checks/pod-egress.ts';
import { sourceTranslation } from './checks/source-translation.ts';
import { tunnelInterfaces } from './checks/tunnel-interfaces.ts';

/** Every check, in the order of the stages and then of their ids. Findings appear in this order. */
export const checks: readonly RegisteredCheck[] = [
  podAddresses,
  podDefaultRoute,
  hostPodRoute,
  nodeDefaultRoute,
  nodeForwarding,
  egressPolicy,
  nodeFirewall,
  tunnelInterfaces,
  sourceTranslation,
  nodeEgress,
  podEgress,
];
