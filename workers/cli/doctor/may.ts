import { slackPeople } from '../../../src/adapters/people.ts';
import type { People } from '../../../src/ports.ts';
import { type Grants, groupsIn, mayApprove, mayCheck, mayOverride, type Who } from '../../../src/remediation/grants.ts';
import { authorise, type Judgement } from '../../../src/slack/authorise.ts';
import type { Terminal } from '../terminal.ts';

export interface MayQuestion {
  readonly user: string;
  readonly channel: string;
  readonly cluster: string;
  readonly namespace: string;
}

export interface MayAnswer {
  readonly right: 'check' | 'approve' | 'approve-override';
  /** `unknown` where it depends on what nobody said: at work that is a no. */
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly why: string;
}

const judges = { check: mayCheck, approve: mayApprove, 'approve-override': mayOverride } as const;
const rights = ['check', 'approve', 'approve-override'] as const;

/** Why somebody may check, approve and override somewhere, or not: the grants' words, and Slack's where it can be asked. */
export async function explain(
  question: MayQuestion,
  grants: Grants,
  env: Terminal['env'],
  protectedNamespaces: readonly string[],
): Promise<MayAnswer[]> {
  const people = peopleFrom(env);
  const memberships = await Promise.all(
    groupsIn(grants).map(async (group) => ({ group, members: people ? await people.membersOf(group) : null })),
  );
  const groups = memberships.flatMap(({ group, members }) => (members?.includes(question.user) ? [group] : []));
  const unheard = memberships.filter(({ members }) => members === null).map(({ group }) => group);
  const who: Who = { ...question, groups };

  return Promise.all(
    rights.map(async (right): Promise<MayAnswer> => {
      const granted = judges[right](grants, who);
      if (!granted.ok) {
        // With everybody in the silent groups: if that changes nothing, the silence does not matter.
        const atBest = judges[right](grants, { ...who, groups: [...groups, ...unheard] });
        if (!atBest.ok) return { right, answer: 'no', why: granted.reason };
        return {
          right,
          answer: 'unknown',
          why: `It depends on who is in ${unheard.join(', ')}, and ${silence(people)}.`,
        };
      }
      if (right !== 'check' && protectedNamespaces.includes(question.namespace)) {
        const why = `PROTECTED_NAMESPACES names ${question.namespace}: no temporary policy is offered there to anybody.`;
        return { right, answer: 'no', why };
      }
      const why = wordsFor(right, grants, who);
      if (!people) return { right, answer: 'yes', why: `${why} Slack was not asked (SLACK_BOT_TOKEN is not set).` };
      const judged = await judgedBySlack(people, question, right);
      if (judged.ok) return { right, answer: 'yes', why };
      return { right, answer: judged.isSilence ? 'unknown' : 'no', why: judged.reason };
    }),
  );
}

function peopleFrom({ SLACK_BOT_TOKEN: token, SLACK_API_URL: url }: Terminal['env']): People | null {
  if (!token) return null;
  return slackPeople({ token, ...(url ? { apiUrl: url.replace(/\/*$/, '/') } : {}), timeoutMs: 5_000 });
}

const silence = (people: People | null): string => (people ? 'Slack did not say' : 'SLACK_BOT_TOKEN is not set');

/** What the bot asks of Slack besides the grants: the team, the channel, and who decides nothing. */
async function judgedBySlack(
  people: People,
  { user, channel, cluster, namespace }: MayQuestion,
  right: MayAnswer['right'],
): Promise<Judgement> {
  const person = await people.person(user);
  if (person === null) return { ok: false, reason: `Slack did not say who ${user} is.`, isSilence: true };
  const asker = { user, channel, teamId: person.teamId, responseUrl: '' };
  // The grants have been judged, overriding included, which this judge does not know.
  const granted: Grants = { grants: [{ users: [user], namespaces: ['*'], may: ['check', 'approve'] }] };
  const deps = { people, grants: { current: () => granted } };
  return authorise(deps, asker, { cluster, namespace }, right === 'check' ? 'check' : 'approve');
}

/** Which entry of the file, counted as a person counts lists, and by what. */
function wordsFor(right: MayAnswer['right'], { grants }: Grants, who: Who): string {
  const judge = judges[right];
  const index = grants.findIndex((grant) => judge({ grants: [grant] }, who).ok);
  const grant = grants[index];
  const byName = grant?.users?.includes(who.user) ?? false;
  const group = grant?.userGroups?.find((each) => who.groups.includes(each));
  const rule =
    right === 'check'
      ? ''
      : ' Not about a policy that they asked for, nor after a check that they ran: another person decides then.';
  return `Entry ${index + 1} of GRANTS_FILE says so, by ${byName ? 'their id' : `user group ${group}`}.${rule}`;
}
