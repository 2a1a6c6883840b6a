import type { People } from '../ports.ts';
import { type Grants, groupsIn, mayApprove, mayCheck, type Who } from '../remediation/grants.ts';
import type { Asker, BotDeps } from './deps.ts';

/** `ask` is for a temporary policy: as much as a check, and by a member of ours. */
export type Right = 'check' | 'ask' | 'approve';

type Where = { readonly cluster: string; readonly namespace: string };

/** `isSilence`: Slack did not say, so it may be different in a moment. */
export type Judgement =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly isSilence?: boolean };

/** Judges one person, here and now. What Slack does not say counts against them, and the reason says so. */
export async function authorise(
  { people, grants }: Pick<BotDeps, 'people' | 'grants'>,
  asker: Asker,
  where: Where,
  right: Right,
): Promise<Judgement> {
  const [place, member, granted] = await Promise.all([
    placeOf(people, asker),
    right === 'check' ? allowed : memberOf(people, asker),
    grantedTo(people, grants.current(), asker, where, right),
  ]);
  return [place, member, granted].find(({ ok }) => !ok) ?? allowed;
}

const allowed: Judgement = { ok: true };
const no = (reason: string): Judgement => ({ ok: false, reason });
const silence = (about: string): Judgement => ({
  ok: false,
  reason: `Slack did not say in time ${about}. Try again in a moment.`,
  isSilence: true,
});

async function placeOf(people: People, { teamId, channel }: Asker): Promise<Judgement> {
  const [team, kind] = await Promise.all([people.ourTeam(), people.channel(channel)]);
  if (team === null) return silence('which workspace this is');
  if (teamId === undefined || teamId !== team) return no('Only members of this workspace can use ipv6check.');
  if (kind === null) return silence('whether this channel is shared');
  if (kind !== 'externally-shared') return allowed;
  return no('This channel is shared with another organisation, so nothing is posted here. Use one of your own.');
}

async function memberOf(people: People, { user, teamId }: Asker): Promise<Judgement> {
  const person = await people.person(user);
  if (person === null) return silence('who you are');
  if (person.teamId !== teamId) return no('Only members of this workspace can use ipv6check.');
  if (person.isGuest) return no('Guests cannot ask for temporary policies or decide about them. A full member can.');
  if (person.isBot || person.isDeactivated) {
    return no('Only people of this workspace can ask for or decide about policies.');
  }
  return allowed;
}

async function grantedTo(
  people: People,
  grants: Grants,
  { user, channel }: Asker,
  where: Where,
  right: Right,
): Promise<Judgement> {
  const judge = right === 'approve' ? mayApprove : mayCheck;
  const alone: Who = { user, channel, groups: [], ...where };
  const byName = judge(grants, alone);
  if (byName.ok) return byName;

  const memberships = await Promise.all(
    groupsIn(grants, right === 'approve' ? 'approve' : 'check').map(async (group) => ({
      group,
      members: await people.membersOf(group),
    })),
  );
  const groups = memberships.flatMap(({ group, members }) => (members?.includes(user) ? [group] : []));
  const byGroup = judge(grants, { ...alone, groups });
  if (byGroup.ok || memberships.every(({ members }) => members !== null)) return byGroup;
  return silence('who is in a user group of the grants, so it counts as a no');
}
