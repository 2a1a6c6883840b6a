import type { PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import type { PolicyRef, PolicyVerdict } from '../policy/model.ts';
import type { CauseId } from './causes.ts';
import { podName } from './pod.ts';
import { idOf, isAdmin, isKubernetes, listsIPv4Only, objectsOf, tierOf } from './policy-objects.ts';

export interface Denial {
  readonly cause: CauseId;
  readonly summary: string;
  /** The policy that the repair goes into; null where the evaluator names one that was not read. */
  readonly culprit: StoredObject | null;
}

/** Which policy stops the packet, and in which of the ways that policies do. */
export function denialOf(verdict: PolicyVerdict, to: string, pod: PodObject, policies: Policies): Denial {
  return verdict.because === 'denied-by-rule'
    ? deniedByRule(verdict, to, pod, policies)
    : deniedByEnd(verdict, to, pod, policies);
}

function deniedByRule(verdict: PolicyVerdict, to: string, pod: PodObject, policies: Policies): Denial {
  const [rule] = verdict.by;
  const culprit = objectsOf(verdict.by, policies).find((object) => !isKubernetes(object)) ?? null;
  const where = rule ? `${nameOf(rule)} (${rule.path})` : 'A policy rule';
  const isAdmins = culprit ? isAdmin(culprit) : verdict.by.some(isAdmin);
  return {
    cause: isAdmins ? 'admin-policy-deny' : 'calico-policy-deny',
    summary: `${where} denies pod ${podName(pod)} the way to ${to}.`,
    culprit,
  };
}

function deniedByEnd(verdict: PolicyVerdict, to: string, pod: PodObject, policies: Policies): Denial {
  const isolating = objectsOf(verdict.isolatedBy, policies);
  const names = verdict.isolatedBy.map(nameOf).join(' and ') || 'A policy';
  const inTier = isolating.find((object) => !isKubernetes(object) && tierOf(object) !== 'default');
  if (inTier) {
    return {
      cause: 'tier-default-deny',
      summary: `Tier ${tierOf(inTier)} ends with Deny: ${names} selects pod ${podName(pod)} and neither allows nor passes ${to}.`,
      culprit: inTier,
    };
  }

  const forgetful = isolating.filter(listsIPv4Only);
  const kubernetes = forgetful.find(isKubernetes);
  if (kubernetes) {
    return {
      cause: 'k8s-np-ipv4-only-ipblock',
      summary: `NetworkPolicy ${idOf(kubernetes)} admits IPv4 addresses only, so pod ${podName(pod)} may not send to ${to} or to any other IPv6 address outside.`,
      culprit: kubernetes,
    };
  }
  const [calico] = forgetful;
  if (calico) {
    return {
      cause: 'calico-rule-ipv4-cidr-skipped-for-v6',
      summary: `A rule of ${calico.kind} ${idOf(calico)} lists IPv4 networks only, so Calico leaves it out for IPv6 and nothing admits ${to} for pod ${podName(pod)}.`,
      culprit: calico,
    };
  }
  const own = isolating.find((object) => !isKubernetes(object));
  return {
    cause: own ? 'calico-policy-deny' : 'k8s-np-egress-isolated-no-v6',
    summary: `${names} isolates pod ${podName(pod)} for egress, and no rule admits ${to}.`,
    culprit: own ?? isolating[0] ?? null,
  };
}

export function nameOf({ kind, namespace, name }: PolicyRef): string {
  return `${kind} ${namespace === null ? name : `${namespace}/${name}`}`;
}
