/** Who is there: teams, people, channels and user groups, and who sees what. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly teamId: string;
  readonly isGuest: boolean;
  readonly isBot: boolean;
  deactivated: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly members: Set<string>;
  /** The teams on both ends of a Slack Connect channel; only our own otherwise. */
  readonly teams: readonly string[];
  archived: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: Set<string>;
}

const own = 'T0LABTEAM';
const partner = 'T0PARTNER';

function person(id: string, name: string, realName: string, more: Partial<User> = {}): User {
  return { id, name, realName, teamId: own, isGuest: false, isBot: false, deactivated: false, ...more };
}

function channel(id: string, name: string, members: readonly User[], more: Partial<Channel> = {}): Channel {
  return {
    id,
    name,
    kind: 'public',
    members: new Set(members.map((member) => member.id)),
    teams: [own],
    archived: false,
    ...more,
  };
}

export type Directory = ReturnType<typeof createDirectory>;

export function createDirectory() {
  const alice = person('U0LABALICE', 'alice', 'Alice Ahmed');
  const bob = person('U0LABBOB00', 'bob', 'Bob Brandt');
  const carol = person('U0LABCAROL', 'carol', 'Carol Castro');
  const gus = person('U0LABGUS00', 'gus', 'Gus Guest', { isGuest: true });
  const stranger = person('U0PARTNER1', 'stranger', 'Sam Stranger', { teamId: partner });
  const bot = person('U0LABBOT00', 'ipv6check', 'ipv6check', { isBot: true });
  const slackbot = person('USLACKBOT', 'Slackbot', 'Slackbot', { isBot: true });
  const users = [alice, bob, carol, gus, stranger, bot, slackbot];

  const staff = [alice, bob, carol];
  const incidents = channel('C0INCIDENT', 'incidents', [...staff, gus, bot]);
  const noBot = channel('C0NOBOT000', 'no-bot', staff);
  const archived = channel('C0ARCHIVED', 'archived', [...staff, bot], { archived: true });
  const shared = channel('C0SHARED00', 'shared', [...staff, stranger, bot], { teams: [own, partner] });
  const hidden = channel('C0HIDDEN00', 'hidden', staff, { kind: 'private' });
  const channels = [incidents, noBot, archived, shared, hidden];

  const approvers: UserGroup = {
    id: 'S0APPROVER',
    handle: 'network-approvers',
    name: 'Network approvers',
    users: new Set([bob.id, carol.id]),
  };

  return {
    team: { id: own, name: 'Lab', domain: 'lab' },
    appId: 'A0IPV6CHEC',
    botId: 'B0IPV6CHEC',
    bot,
    slackbot,
    people: { alice, bob, carol, gus, stranger },
    channels: { incidents, noBot, archived, shared, hidden },
    groups: [approvers] as readonly UserGroup[],

    /** As the app's manifest registers them: Slack offers these and refuses every other. */
    commands: [
      {
        command: '/ipv6check',
        description: 'Find where a pod’s IPv6 egress breaks',
        usage: 'namespace/pod [to destination[:port]] · help · active · revoke <id>',
      },
    ] as const,

    teamOf: (user: User) => (user.teamId === own ? { id: own, domain: 'lab' } : { id: partner, domain: 'partner' }),
    user: (id: string) => users.find((user) => user.id === id),
    channel: (id: string) => channels.find((each) => each.id === id),
    all: channels as readonly Channel[],

    /** For those who drive the workspace: an id, a name, or the thing itself. A name that is nobody's is a mistake. */
    someone(who: string | { readonly id: string }): User {
      const key = typeof who === 'string' ? who.replace(/^@/, '') : who.id;
      const found = users.find(({ id, name }) => id === key || name === key);
      if (!found) throw new Error(`Nobody here is called ${key}`);
      return found;
    },

    somewhere(where: string | { readonly id: string }): Channel {
      const key = typeof where === 'string' ? where.replace(/^#/, '') : where.id;
      const found = channels.find(({ id, name }) => id === key || name === key);
      if (!found) throw new Error(`There is no channel ${key}`);
      return found;
    },

    group(which: string): UserGroup {
      const key = which.replace(/^@/, '');
      const found = [approvers].find(({ id, handle }) => id === key || handle === key);
      if (!found) throw new Error(`There is no user group ${key}`);
      return found;
    },

    directMessage(user: User): { channel: Channel; isNew: boolean } {
      const found = channels.find(({ kind, members }) => kind === 'im' && members.has(user.id));
      if (found) return { channel: found, isNew: false };
      const opened = channel(`D${user.id.slice(1)}`, user.name, [user, bot], { kind: 'im' });
      channels.push(opened);
      return { channel: opened, isNew: true };
    },
  };
}
