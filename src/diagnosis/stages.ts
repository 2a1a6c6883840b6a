/** The packet's way out, in order. The first stage that fails is the cause; what fails after it is its consequence. */
export const stages = [
  { id: 'address', hop: 'pod address', title: "The pod's addresses" },
  { id: 'pod-route', hop: 'pod route', title: "The pod's own routes" },
  { id: 'gateway', hop: 'host veth', title: 'The link between pod and node' },
  { id: 'node-route', hop: 'node route', title: "The node's routes" },
  { id: 'forwarding', hop: 'forwarding', title: 'Forwarding on the node' },
  { id: 'policy', hop: 'policy', title: 'Policies that select the pod' },
  { id: 'firewall', hop: 'node firewall', title: "The node's own firewall" },
  { id: 'overlay', hop: 'tunnels', title: 'Tunnels between nodes' },
  { id: 'translation', hop: 'source address', title: 'The source address that leaves the node' },
  { id: 'upstream', hop: 'upstream', title: "The node's way to the outside" },
  { id: 'destination', hop: 'destination', title: 'The destination' },
  { id: 'mtu', hop: 'packet size', title: 'Packet sizes on the path' },
  { id: 'dns', hop: 'names', title: 'Name resolution' },
  { id: 'application', hop: 'application', title: 'The application' },
] as const satisfies readonly { id: string; hop: string; title: string }[];

export type Stage = (typeof stages)[number]['id'];

export function stageOrder(stage: Stage): number {
  return stages.findIndex(({ id }) => id === stage);
}
