import { createHash } from 'node:crypto';
import type { Plan, PodPlan } from './plan.ts';
import { type Endpoint, type Family, type Known, type Rule, tiersFor } from './tiers.ts';

const accept = '0x10000';
const pass = '0x20000';
const quoted = (text: string) => `-m comment --comment "${text}"`;

function actions(verb: Rule['verb']): string[] {
  if (verb === 'Allow')
    return [`-j MARK --set-xmark ${accept}/${accept}`, `-m mark --mark ${accept}/${accept} -j RETURN`];
  if (verb === 'Pass') return [`-j MARK --set-xmark ${pass}/${pass}`, `-m mark --mark ${pass}/${pass} -j RETURN`];
  return verb === 'Deny' ? ['-j DROP'] : [];
}

/** The lines of one policy chain. A rule with exceptions gets a chain of its own that returns for them first. */
function policyLines(chain: string, rules: readonly Rule[]): { chains: string[]; lines: string[] } {
  const chains = [chain];
  const lines: string[] = [];
  rules.forEach((rule, index) => {
    const own = rule.notNets.length > 0 ? `${chain}-${index}` : chain;
    const protocol = rule.protocol ? ` -p ${rule.protocol}` : '';
    const ports = rule.ports.length > 0 ? ` -m multiport --dports ${rule.ports.join(',')}` : '';
    if (own !== chain) {
      chains.push(own);
      lines.push(...rule.notNets.map((net) => `-A ${own} -d ${net} -j RETURN`));
    }
    const nets = rule.nets === 'any' ? [''] : rule.nets.map((net) => ` -d ${net}`);
    for (const net of nets) {
      const [first, ...rest] = actions(rule.verb);
      if (first) lines.push(`-A ${own}${net}${protocol}${ports} ${first}`, ...rest.map((line) => `-A ${own} ${line}`));
    }
    if (own !== chain) {
      lines.push(`-A ${chain} -j ${own}`, `-A ${chain} -m mark ! --mark 0x0/0x30000 -j RETURN`);
    }
  });
  return { chains, lines };
}

const nameOf = (label: string) => `cali-po-${createHash('sha1').update(label).digest('base64url').slice(0, 14)}`;

interface WorkloadLines {
  readonly chains: readonly string[];
  readonly lines: readonly string[];
}

/** A pod's chains, in the order of felix/rules/endpoints.go. */
function workloadLines(pod: PodPlan, endpoint: Endpoint, known: Known, family: Family): WorkloadLines {
  const from = `cali-fw-${pod.veth}`;
  const to = `cali-tw-${pod.veth}`;
  const chains = [from, to];
  const lines = [
    `-A ${from} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${from} -m conntrack --ctstate INVALID -j DROP`,
    `-A ${from} -j MARK --set-xmark 0x0/0x30000`,
    `-A ${to} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${to} -j MARK --set-xmark ${accept}/${accept}`,
  ];
  for (const tier of tiersFor(endpoint, known, family)) {
    lines.push(`-A ${from} ${quoted(`Start of tier ${tier.name}`)} -j MARK --set-xmark 0x0/${pass}`);
    for (const policy of tier.policies) {
      const chain = nameOf(`${policy.label} ${pod.veth}`);
      const rendered = policyLines(chain, policy.rules);
      chains.push(...rendered.chains);
      lines.push(
        ...rendered.lines,
        `-A ${from} ${quoted(`Policy ${policy.label}`)} -m mark --mark 0x0/${pass} -j ${chain}`,
        `-A ${from} ${quoted('Return if policy accepted')} -m mark --mark ${accept}/${accept} -j RETURN`,
      );
    }
    if (!tier.endsWithPass) {
      const words = `End of tier ${tier.name}. Drop if no policies passed packet`;
      lines.push(`-A ${from} ${quoted(words)} -m mark --mark 0x0/${pass} -j DROP`);
    }
  }
  lines.push(
    `-A ${from} -j cali-pro-kns.${pod.namespace}`,
    `-A ${from} ${quoted('Return if profile accepted')} -m mark --mark ${accept}/${accept} -j RETURN`,
    `-A ${from} ${quoted('Drop if no profiles matched')} -j DROP`,
  );
  return { chains, lines };
}

/** The node's filter table for one family, for ip6tables-restore or iptables-restore. */
export function filterTable(plan: Plan, known: Known, family: Family): string {
  const pods = plan.pods.filter(({ ipv6 }) => family === 4 || ipv6 !== null);
  const workloads = pods.map((pod) => {
    const endpoint = known.endpoints.find(({ ips }) => ips.includes(pod.ipv4));
    return workloadLines(pod, endpoint ?? { namespace: pod.namespace, labels: {}, ips: [] }, known, family);
  });
  const profiles = [...new Set(pods.map(({ namespace }) => `cali-pro-kns.${namespace}`))];
  const chains = [
    'cali-FORWARD',
    'cali-from-wl-dispatch',
    'cali-to-wl-dispatch',
    ...profiles,
    ...workloads.flatMap((each) => each.chains),
  ];
  return [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...chains.map((chain) => `:${chain} - [0:0]`),
    '-A FORWARD -j cali-FORWARD',
    `-A FORWARD -m comment --comment "cali: Policy explicitly accepted packet." -m mark --mark ${accept}/${accept} -j ACCEPT`,
    '-A cali-FORWARD -i cali+ -j cali-from-wl-dispatch',
    '-A cali-FORWARD -o cali+ -j cali-to-wl-dispatch',
    ...pods.flatMap(({ veth }) => [
      `-A cali-from-wl-dispatch -i ${veth} -g cali-fw-${veth}`,
      `-A cali-to-wl-dispatch -o ${veth} -g cali-tw-${veth}`,
    ]),
    `-A cali-from-wl-dispatch ${quoted('Unknown interface')} -j DROP`,
    `-A cali-to-wl-dispatch ${quoted('Unknown interface')} -j DROP`,
    ...profiles.map((chain) => `-A ${chain} -j MARK --set-xmark ${accept}/${accept}`),
    ...workloads.flatMap((each) => each.lines),
    'COMMIT',
    '',
  ].join('\n');
}
