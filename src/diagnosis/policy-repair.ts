import type { Attempt } from '../evidence/evidence.ts';
import type { StoredObject } from '../evidence/objects.ts';
import { idOf, isAdmin, isKubernetes } from './policy-objects.ts';

type Destination = Attempt['destinations'][number];

/** The rule to add, for the destination that a person named or else for everything outside. */
export function repairOf(culprit: StoredObject | null, { isNamed }: Attempt, denied: readonly Destination[]): string {
  if (culprit === null) return '# the policy that denies this was not read; kubectl get networkpolicies -A shows more';
  const named = isNamed ? denied : [];
  const command = `kubectl edit ${resourceOf(culprit)} ${culprit.metadata.name}${culprit.metadata.namespace ? ` -n ${culprit.metadata.namespace}` : ''}`;
  const rule = isKubernetes(culprit)
    ? kubernetesRule(named)
    : isAdmin(culprit)
      ? adminRule(culprit, named)
      : calicoRule(named);
  const place = isKubernetes(culprit) ? 'to spec.egress' : 'to spec.egress, before the rule that denies';
  return [`# add ${place} of ${culprit.kind} ${idOf(culprit)}:`, ...rule, `# ${command}`].join('\n');
}

function resourceOf({ apiVersion, kind }: StoredObject): string {
  const group = apiVersion.split('/')[0] ?? '';
  const plural = kind.toLowerCase().replace(/y$/, 'ies');
  // Calico's and Kubernetes' NetworkPolicy share their short names, so the group is spelled out.
  return `${plural}.${group}`;
}

function kubernetesRule(named: readonly Destination[]): string[] {
  if (named.length === 0) {
    return ['- to:', '  - ipBlock:', '      cidr: "::/0"', '      except: ["fc00::/7", "fe80::/10"]'];
  }
  const peers = named.flatMap(({ address }) => ['  - ipBlock:', `      cidr: "${address}/128"`]);
  return [
    '- to:',
    ...peers,
    '  ports:',
    ...portsOf(named).flatMap((port) => ['  - protocol: TCP', `    port: ${port}`]),
  ];
}

function calicoRule(named: readonly Destination[]): string[] {
  const head = ['- action: Allow', '  ipVersion: 6'];
  if (named.length === 0) return [...head, '  destination:', '    notNets: ["fc00::/7", "fe80::/10"]'];
  return [
    ...head,
    '  protocol: TCP',
    '  destination:',
    `    nets: [${named.map(({ address }) => `"${address}/128"`).join(', ')}]`,
    `    ports: [${portsOf(named).join(', ')}]`,
  ];
}

/** AdminNetworkPolicy says Allow where ClusterNetworkPolicy says Accept. */
function adminRule({ kind }: StoredObject, named: readonly Destination[]): string[] {
  const networks = named.length === 0 ? ['2000::/3'] : named.map(({ address }) => `${address}/128`);
  return [
    '- name: allow-ipv6',
    `  action: ${kind === 'ClusterNetworkPolicy' ? 'Accept' : 'Allow'}`,
    '  to:',
    `  - networks: [${networks.map((network) => `"${network}"`).join(', ')}]`,
  ];
}

function portsOf(named: readonly Destination[]): number[] {
  return [...new Set(named.map(({ port }) => port))];
}
