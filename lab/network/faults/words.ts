import type { KubeObject } from '../../contract.ts';
import { object } from '../object.ts';
import type { Plan, PodPlan } from '../plan.ts';
import { inside, netnsOf } from '../topology.ts';

/** Lines run inside the subject's namespace, its node's, or another by name. */
export const inPod = ({ subject }: Plan, ...lines: readonly string[]) => inside(netnsOf(subject), lines);
export const onNode = ({ subject }: Plan, ...lines: readonly string[]) => inside(subject.node.netns, lines);
export const at = (netns: string, ...lines: readonly string[]) => inside(netns, lines);

/** The binary that writes what hosts' firewalls write there. With native nftables, these go through the kernel's new side. */
export const ip6tables = ({ shape }: Plan) => (shape.backend === 'legacy' ? 'ip6tables-legacy' : 'ip6tables-nft');

export const policyName = ({ random }: Plan) =>
  `${random.pick(['restrict', 'default', 'egress', 'baseline'])}-${random.suffix(4)}`;

export function kubernetesPolicy(
  plan: Plan,
  egress: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): KubeObject {
  return object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { namespace: 'shop', name: policyName(plan), uid: plan.random.uid() },
    { spec: { podSelector: { matchLabels: { app: 'checkout' } }, policyTypes: ['Egress'], egress, ...more } },
  );
}

export function calicoPolicy(
  plan: Plan,
  egress: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): KubeObject {
  return object(
    'projectcalico.org/v3',
    'NetworkPolicy',
    { namespace: 'shop', name: policyName(plan), uid: plan.random.uid() },
    { spec: { tier: 'default', order: 100, selector: "app == 'checkout'", types: ['Egress'], egress, ...more } },
  );
}

export function globalPolicy(plan: Plan, spec: Readonly<Record<string, unknown>>): KubeObject {
  const metadata = { name: policyName(plan), uid: plan.random.uid() };
  return object('projectcalico.org/v3', 'GlobalNetworkPolicy', metadata, {
    spec: { tier: 'default', types: ['Egress'], ...spec },
  });
}

export function clusterPolicy(plan: Plan, spec: Readonly<Record<string, unknown>>): KubeObject {
  const metadata = { name: policyName(plan), uid: plan.random.uid() };
  const subject = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
  return object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', metadata, {
    spec: { priority: 100, subject, ...spec },
  });
}

export const tier = (name: string, order: number, defaultAction = 'Deny') =>
  object('projectcalico.org/v3', 'Tier', { name }, { spec: { order, defaultAction } });

/** What any policy with a default-deny has to admit, or nothing that has a name works. */
export const dns = {
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

type Edit = (object: KubeObject) => KubeObject | null;

/** Applies several edits in turn. */
export const edits =
  (...all: readonly Edit[]): Edit =>
  (first) =>
    all.reduce<KubeObject | null>((current, edit) => current && edit(current), first);

export const editSpec =
  (
    kind: string,
    name: RegExp,
    change: (spec: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  ): Edit =>
  (each) =>
    each.kind === kind && name.test(each.metadata.name)
      ? { ...each, spec: change(each.spec as Readonly<Record<string, unknown>>) } // the lab wrote it as an object
      : each;

export const setSpec = (kind: string, name: RegExp, fields: Readonly<Record<string, unknown>>): Edit =>
  editSpec(kind, name, (spec) => ({ ...spec, ...fields }));

export const setFelix = (fields: Readonly<Record<string, unknown>>): Edit =>
  setSpec('FelixConfiguration', /^default$/, fields);

export const setPool6 = (fields: Readonly<Record<string, unknown>>): Edit => setSpec('IPPool', /ipv6/, fields);

export const annotate =
  (kind: string, name: string, annotations: Readonly<Record<string, string | null>>): Edit =>
  (each) => {
    if (each.kind !== kind || each.metadata.name !== name) return each;
    const kept = Object.entries({ ...each.metadata.annotations, ...annotations }).filter(([, value]) => value !== null);
    return { ...each, metadata: { ...each.metadata, annotations: Object.fromEntries(kept) as Record<string, string> } };
  };

/** Writes variables into calico-node's DaemonSet. */
export const setCalicoNode = (variables: Readonly<Record<string, string>>): Edit =>
  editSpec('DaemonSet', /^calico-node$/, (spec) => {
    const { template } = spec as {
      template: { spec: { containers: readonly { env: readonly { name: string }[] }[] } };
    };
    const containers = template.spec.containers.map((container) => ({
      ...container,
      env: [
        ...container.env.filter(({ name }) => !(name in variables)),
        ...Object.entries(variables).map(([name, value]) => ({ name, value })),
      ],
    }));
    return { ...spec, template: { ...template, spec: { ...template.spec, containers } } };
  });

/** A pod that was never given IPv6: in its status, and in what Calico wrote down. */
export const withoutIPv6 = (
  { subject }: Plan,
  where: { readonly status: boolean; readonly annotation: boolean },
): Edit => {
  const four = subject.ipv4 ? [subject.ipv4] : [];
  return edits(
    where.annotation
      ? annotate('Pod', subject.name, { 'cni.projectcalico.org/podIPs': four.map((ip) => `${ip}/32`).join(',') })
      : (each) => each,
    (each) =>
      where.status && each.kind === 'Pod' && each.metadata.name === subject.name
        ? { ...each, status: { ...(each.status as object), podIPs: four.map((ip) => ({ ip })) } }
        : each,
  );
};

/** Takes the address away inside the pod and its route on the node, as if it had never been there. */
export const unplugIPv6 = (plan: Plan) => [
  inPod(plan, 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'),
  onNode(plan, `ip -6 route del ${plan.subject.ipv6}/128`),
];

export const byNode = (pods: readonly PodPlan[], netns: string) => pods.filter(({ node }) => node.netns === netns);
