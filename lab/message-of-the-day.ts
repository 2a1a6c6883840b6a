import type { KubeObject, World } from './contract.ts';

type Shape = Readonly<Record<string, unknown>>;

const shape = (value: unknown): Shape => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly Shape[] => (Array.isArray(value) ? value.map(shape) : []);

/** What a container's root lacks is not in its object, so it goes by the workload's name. */
const known: Readonly<Record<string, string>> = {
  static: 'healthy; its image has no shell',
  mesh: 'healthy; no shell but in its sidecar',
};

/** What is odd about a pod that its object tells. */
function conditionOf({ metadata, spec, status }: KubeObject): string {
  const { phase, podIPs, containerStatuses } = shape(status);
  if (phase === 'Pending') return 'not scheduled yet';
  if (phase === 'Succeeded') return 'finished long ago';
  if (list(containerStatuses).some(({ state }) => shape(state).waiting !== undefined)) return 'in a crash loop';
  if (shape(spec).hostNetwork === true) return 'in its node’s own network';
  const families = new Set(list(podIPs).map(({ ip }) => (String(ip).includes(':') ? 6 : 4)));
  if (!families.has(6)) return 'was never given IPv6';
  if (!families.has(4)) return 'has IPv6 and nothing else';
  return known[metadata.labels?.app ?? ''] ?? 'healthy';
}

/** The first message in #incidents: what there is to try in this lab. */
export function messageOfTheDay({ objects, subject, fault }: World): string {
  const pods = objects.filter(({ kind, metadata }) => kind === 'Pod' && metadata.namespace === subject.namespace);
  const lines = pods.map((pod) => {
    const { name, labels } = pod.metadata;
    const isSubject = name === subject.pod;
    const condition = isSubject && fault ? `broken: \`${fault}\`` : conditionOf(pod);
    return `•  \`/ipv6check ${subject.namespace}/${labels?.app ?? name}\`  ${condition}`;
  });
  return [
    '*What to try here.* Type one of these in this channel:',
    ...lines,
    '•  `/ipv6check help`',
    '',
    'alice may ask, bob and carol approve, gus is a guest and stranger works elsewhere. Where a policy is the cause, the card offers *Ask for a temporary policy*: press it as alice, become bob, and press *Apply* in the thread.',
    'Slack, Kubernetes and the Internet here are the lab’s own, on this machine. Another fault: `npm run demo -- --fault CAUSE`.',
  ].join('\n');
}
