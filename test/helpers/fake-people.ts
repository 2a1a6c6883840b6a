import type { People, Person } from '../../src/ports.ts';

type Kind = Awaited<ReturnType<People['channel']>>;

export interface FakePeople extends People {
  team: string | null;
  readonly persons: Map<string, Person | null>;
  /** Members by group; a group that is not here is one that Slack says nothing about. */
  readonly groups: Map<string, readonly string[]>;
  readonly channels: Map<string, Kind>;
  /** What was asked, in order: `membersOf S0APPROVERS`. */
  readonly asked: string[];
}

export const aPerson = (name: string, over: Partial<Person> = {}): Person => ({
  ...{ name, teamId: 'T0HOME', isGuest: false, isBot: false, isDeactivated: false },
  ...over,
});

/** A Slack of one team, where whoever was not introduced is not known. */
export function fakePeople(): FakePeople {
  const asked: string[] = [];
  const note = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const people: FakePeople = {
    asked,
    team: 'T0HOME',
    persons: new Map(),
    groups: new Map(),
    channels: new Map(),
    ourTeam: () => note('ourTeam', people.team),
    person: (user) => note(`person ${user}`, people.persons.get(user) ?? null),
    membersOf: (group) => note(`membersOf ${group}`, people.groups.get(group) ?? null),
    channel: (id) => note(`channel ${id}`, people.channels.get(id) ?? null),
  };
  return people;
}
