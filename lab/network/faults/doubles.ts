import type { Plan } from '../plan.ts';
import type { Entry, Injection } from './entry.ts';
import { edits } from './words.ts';

/** Two faults at once: the one that the packet meets first, then the one that it never gets to. */
const pairs: readonly (readonly [first: string, second: string])[] = [
  ['pod-no-default-v6-route', 'k8s-np-egress-isolated-no-v6'],
  ['pod-disable-ipv6-sysctl', 'natoutgoing-disabled-ula'],
  ['podips-status-missing-ipv6', 'natoutgoing-disabled-ula'],
  ['host-pod-route-missing', 'calico-policy-deny'],
  ['pod-gateway-linklocal-mismatch', 'node-upstream-black-hole'],
  ['host-ndp-blocked', 'k8s-np-ipv4-only-ipblock'],
  ['node-no-default-or-global-v6', 'natoutgoing-disabled-ula'],
  ['host-forwarding-disabled', 'k8s-np-egress-isolated-no-v6'],
  ['host-forwarding-disabled', 'node-upstream-black-hole'],
  ['k8s-np-ipv4-only-ipblock', 'natoutgoing-disabled-ula'],
  ['calico-policy-deny', 'node-upstream-black-hole'],
  ['tier-default-deny', 'k8s-np-ipv4-only-ipblock'],
  ['admin-policy-deny', 'calico-rule-ipv4-cidr-skipped-for-v6'],
  ['natoutgoing-disabled-ula', 'node-upstream-black-hole'],
  ['natoutgoing-disabled-ula', 'node-nexthop-unreachable'],
];

function both(one: Injection, other: Injection): Injection {
  const edit = [one.edit, other.edit].filter((each) => each !== undefined);
  return {
    ...other,
    ...one,
    script: [...(other.script ?? []), ...(one.script ?? [])],
    objects: [...(one.objects ?? []), ...(other.objects ?? [])],
    edit: edits(...edit),
  };
}

export function doublesOf(singles: readonly Entry[]): Entry[] {
  const single = (id: string): Entry => {
    const found = singles.find((each) => each.id === id);
    if (!found) throw new Error(`no fault ${id} to make two of`);
    return found;
  };
  return pairs.map(([first, second]): Entry => {
    const [one, other] = [single(first), single(second)];
    return {
      id: `double-${first}--${second}`,
      cause: one.cause,
      stage: one.stage,
      kind: 'double',
      how: `${one.how}; and ${other.how}`,
      shape: { ...other.shape, ...one.shape },
      inject: (plan: Plan) => both(one.inject?.(plan) ?? {}, other.inject?.(plan) ?? {}),
    };
  });
}
