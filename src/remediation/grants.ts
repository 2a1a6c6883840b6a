import { z } from 'zod';

/** An empty list, here or of people, allows nobody. */
const names = z.array(z.string().min(1));
const Right = z.enum(['check', 'approve', 'approve-override']);
type Right = z.infer<typeof Right>;

/** Who may do what, where. */
export const Grant = z
  .strictObject({
    users: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'not the id of a Slack user')).optional(),
    userGroups: z.array(z.string().regex(/^S[A-Z0-9]+$/, 'not the id of a Slack user group')).optional(),
    /** Confines the grant to these channels; without it any channel will do. */
    channels: z.array(z.string().regex(/^[CDG][A-Z0-9]+$/, 'not the id of a Slack channel')).optional(),
    /** A name, or `*` for all, or a prefix such as `shop-*`. */
    namespaces: names,
    clusters: names.optional(),
    may: z.array(Right),
  })
  .refine(
    ({ users, userGroups }) => users !== undefined || userGroups !== undefined,
    'names neither users nor userGroups',
  );
export type Grant = z.infer<typeof Grant>;

export const Grants = z.strictObject({ grants: z.array(Grant) });
export type Grants = z.infer<typeof Grants>;

/** `groups` are those of the grants that this person was found to be in just now. */
export interface Who {
  readonly user: string;
  readonly groups: readonly string[];
  readonly channel: string;
  readonly cluster: string;
  readonly namespace: string;
}

export type Permission = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export function mayCheck(grants: Grants, who: Who): Permission {
  return judge(grants, who, 'check', 'check pods');
}

export function mayApprove(grants: Grants, who: Who): Permission {
  return judge(grants, who, 'approve', 'decide about temporary policies');
}

/** Lifting an explicit deny may lift a quarantine, so the right to approve is not enough. */
export function mayOverride(grants: Grants, who: Who): Permission {
  return judge(grants, who, 'approve-override', 'override explicit denies');
}

/** The groups whose membership decides anything here, or about one right: each costs a question to Slack. */
export function groupsIn({ grants }: Grants, right?: Right): string[] {
  const about = right === undefined ? grants : grants.filter(({ may }) => may.includes(right));
  return [...new Set(about.flatMap(({ userGroups = [] }) => userGroups))];
}

function judge(grants: Grants, who: Who, right: Right, words: string): Permission {
  const place = `namespace ${who.namespace} of cluster ${who.cluster}`;
  const theirs = grants.grants.filter((grant) => grant.may.includes(right) && isOf(grant, who));
  if (theirs.length === 0) {
    return { ok: false, reason: `You have no grant to ${words}. Whoever keeps the grants file can give you one.` };
  }
  const here = theirs.filter((grant) => covers(grant, who));
  if (here.length === 0) {
    return {
      ok: false,
      reason: `Your grants to ${words} do not cover ${place}. Whoever keeps the grants file can add it.`,
    };
  }
  if (here.some(({ channels }) => channels === undefined || channels.includes(who.channel))) return { ok: true };
  return { ok: false, reason: `Your grants to ${words} in ${place} are for other channels than this one.` };
}

function isOf({ users = [], userGroups = [] }: Grant, { user, groups }: Who): boolean {
  return users.includes(user) || userGroups.some((group) => groups.includes(group));
}

function covers({ namespaces, clusters = ['*'] }: Grant, { namespace, cluster }: Who): boolean {
  return (
    namespaces.some((pattern) => matches(pattern, namespace)) && clusters.some((pattern) => matches(pattern, cluster))
  );
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
