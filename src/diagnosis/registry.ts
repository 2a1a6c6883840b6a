import type { RegisteredCheck } from './check.ts';
import { addressPreference } from './checks/address-preference.ts';
import { calicoRules } from './checks/calico-rules.ts';
import { egressPolicy } from './checks/egress-policy.ts';
import { felixSupport } from './checks/felix-support.ts';
import { hostEndpoints } from './checks/host-endpoints.ts';
import { hostPodRoute } from './checks/host-pod-route.ts';
import { kernelTables } from './checks/kernel-tables.ts';
import { masquerade } from './checks/masquerade.ts';
import { meshInterception } from './checks/mesh-interception.ts';
import { nameResolution } from './checks/name-resolution.ts';
import { neighbourDiscovery } from './checks/neighbour-discovery.ts';
import { nodeDefaultRoute } from './checks/node-default-route.ts';
import { nodeEgress } from './checks/node-egress.ts';
import { nodeFirewall } from './checks/node-firewall.ts';
import { nodeForwarding } from './checks/node-forwarding.ts';
import { nodeUplink } from './checks/node-uplink.ts';
import { overlayPath } from './checks/overlay-path.ts';
import { packetSize } from './checks/packet-size.ts';
import { podAddresses } from './checks/pod-addresses.ts';
import { podDefaultRoute } from './checks/pod-default-route.ts';
import { podEgress } from './checks/pod-egress.ts';
import { podSourceAddress } from './checks/pod-source-address.ts';
import { qosLimits } from './checks/qos-limits.ts';
import { reversePath } from './checks/reverse-path.ts';
import { siblingView } from './checks/sibling-view.ts';
import { sourceTranslation } from './checks/source-translation.ts';
import { tunnelInterfaces } from './checks/tunnel-interfaces.ts';

/** Every check, in the order of the stages and then of their ids. Findings appear in this order. */
export const checks: readonly RegisteredCheck[] = [
  podAddresses,
  podDefaultRoute,
  podSourceAddress,
  hostPodRoute,
  neighbourDiscovery,
  nodeDefaultRoute,
  nodeUplink,
  felixSupport,
  kernelTables,
  nodeForwarding,
  egressPolicy,
  hostEndpoints,
  qosLimits,
  calicoRules,
  nodeFirewall,
  reversePath,
  overlayPath,
  tunnelInterfaces,
  masquerade,
  sourceTranslation,
  nodeEgress,
  podEgress,
  siblingView,
  packetSize,
  nameResolution,
  addressPreference,
  meshInterception,
];
