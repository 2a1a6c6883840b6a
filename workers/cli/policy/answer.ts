import type { PolicyRef, PolicyVerdict, RuleRef } from '../../../src/policy/model.ts';
import { nameOf } from '../../../src/policy/walk.ts';

/** What is printed: who decided, by name and line of YAML. */
export interface Answer {
  readonly allowed: boolean | null;
  readonly because: PolicyVerdict['because'];
  readonly by: readonly RuleRef[];
  readonly isolatedBy: readonly RuleRef[];
  readonly nearMisses: PolicyVerdict['nearMisses'];
  readonly issues: readonly string[];
}

/** Where each kind says whom it selects. */
const selectors: ReadonlyMap<string, string> = new Map([
  ['NetworkPolicy', 'spec.podSelector'],
  ['Calico NetworkPolicy', 'spec.selector'],
  ['GlobalNetworkPolicy', 'spec.selector'],
]);

const selecting = (ref: PolicyRef): RuleRef => ({ ...ref, path: selectors.get(ref.kind) ?? 'spec.subject' });

export function answerOf({ allowed, because, by, isolatedBy, tier, nearMisses, issues }: PolicyVerdict): Answer {
  // Kubernetes' own policies isolate without a tier that anybody could look up.
  const isPlain = tier === 'default' && isolatedBy.every(({ kind }) => kind === 'NetworkPolicy');
  const hasEnd = tier !== null && !isPlain;
  const end = hasEnd ? [{ kind: 'Tier', namespace: null, name: tier, path: 'spec.defaultAction' }] : [];
  return { allowed, because, by: [...by, ...end], isolatedBy: isolatedBy.map(selecting), nearMisses, issues };
}

export const unanswered = (issue: string): Answer => {
  return { allowed: null, because: 'doubtful', by: [], isolatedBy: [], nearMisses: [], issues: [issue] };
};

const words: Readonly<Record<PolicyVerdict['because'], string>> = {
  'not-isolated': 'no policy selects the pod for egress',
  itself: 'the address is the pod’s own, and its packets never leave it',
  rule: 'a rule admits it',
  profile: 'every tier that selects the pod passes it on',
  'denied-by-rule': 'a rule denies it',
  'end-of-tier': 'policies select the pod and none of their rules admits it',
  doubtful: 'what is given does not decide it',
};

/** The same for a person. */
export function answerText({ allowed, because, by, isolatedBy, nearMisses, issues }: Answer): string {
  const verdict = allowed === null ? 'doubtful' : allowed ? 'allowed' : 'denied';
  const place = (ref: RuleRef) => `${nameOf(ref)} ${ref.path}`;
  const lines = [
    `${verdict}: ${words[because]}`,
    ...by.map((ref) => `  by ${place(ref)}`),
    ...isolatedBy.map((ref) => `  selected by ${place(ref)}`),
    ...nearMisses.map((ref) => `  nearly: ${place(ref)}: ${ref.missed}`),
    ...issues.map((issue) => `  issue: ${issue}`),
  ];
  return `${lines.join('\n')}\n`;
}

export const exitCodeOf = ({ allowed }: Answer): number => (allowed === null ? 2 : allowed ? 0 : 1);
