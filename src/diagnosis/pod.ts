import type { PodObject } from '../evidence/objects.ts';

/** The exemptions and readings of the pod object that several checks share. */
export function podName({ namespace, name }: PodObject): string {
  return `${namespace}/${name}`;
}

export function publishedIPv6(pod: PodObject): string | null {
  return pod.podIPs.find(isIPv6) ?? null;
}

/** What Calico assigned, by its annotation: `10.0.0.1/32,fd00::1/128`. */
export function assignedIPv6({ annotations }: PodObject): string | null {
  const networks = (annotations['cni.projectcalico.org/podIPs'] ?? '').split(',').map((network) => network.trim());
  return networks.find(isIPv6)?.replace(/\/\d+$/, '') ?? null;
}

export function ipv6Of(pod: PodObject): string | null {
  return publishedIPv6(pod) ?? assignedIPv6(pod);
}

export function exemptInNodesNetwork(pod: PodObject): string | null {
  return pod.isHostNetwork ? "The pod uses its node's network and has no link, route or chains of its own." : null;
}

export function exemptWithoutIPv6(pod: PodObject): string | null {
  const exemption = exemptInNodesNetwork(pod);
  if (exemption !== null) return exemption;
  return ipv6Of(pod) === null ? 'The pod has no IPv6 address, so no IPv6 packet leaves it.' : null;
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}
