import type { dice } from '../bench/measure.ts';

/** Who dies, or how the API server fails: `unsaid` is an effect whose answer is lost. */
export type Victim = 'bot' | 'prober' | 'writer' | 'redis' | 'redis-wiped' | 'api-down' | 'api-500' | 'api-unsaid';

/** What can be seen from outside: a request to the API server, what is written to Redis, what is said in Slack. */
export type Moment =
  | `api ${'before' | 'after'} ${'dry-run' | 'create' | 'delete'}`
  | 'api after gone'
  | `exec ${'check' | 'baseline' | 'verify' | 'proof'}`
  | `saved ${'proposed' | 'approved' | 'verifying' | 'active' | 'reverting' | 'reverted'}`
  | `queued ${'propose' | 'apply' | 'verify' | 'settle' | 'revert'}`
  | `seen ${'verifying' | 'reverting'}`
  | `said ${'approval' | 'applied' | 'active' | 'reverted'}`
  | 'end near';

export type Ending = 'revoke' | 'expiry' | 'reaper';

export interface Point {
  readonly name: string;
  readonly victim: Victim;
  readonly moment: Moment;
  /** The only ways to end in which this moment comes; any where it is absent. */
  readonly endings?: readonly Ending[];
}

const point = (victim: Victim, moment: Moment, endings?: readonly Ending[]): Point => ({
  ...{ name: `${victim}: ${moment}`, victim, moment },
  ...(endings === undefined ? {} : { endings }),
});

const byWriter = ['revoke', 'expiry'] as const;

/** Before and after every effect of a loop. */
export const points: readonly Point[] = [
  ...(['queued propose', 'saved approved', 'queued apply'] as const).map((moment) => point('bot', moment)),
  ...(['saved reverting', 'queued revert'] as const).map((moment) => point('bot', moment, ['revoke'])),
  ...(['check', 'baseline', 'verify', 'proof'] as const).map((look) => point('prober', `exec ${look}`)),
  ...(['verifying', 'reverting'] as const).map((look) => point('prober', `seen ${look}`)),
  ...(['before dry-run', 'after dry-run', 'before create', 'after create'] as const).map((at) =>
    point('writer', `api ${at}`),
  ),
  ...(['before delete', 'after delete'] as const).map((at) => point('writer', `api ${at}`, byWriter)),
  point('writer', 'api after gone'),
  ...(['proposed', 'verifying', 'active', 'reverted'] as const).map((state) => point('writer', `saved ${state}`)),
  point('writer', 'saved reverting', byWriter),
  ...(['approval', 'applied', 'active', 'reverted'] as const).map((what) => point('writer', `said ${what}`)),
  ...(['saved proposed', 'saved approved', 'api after create', 'saved active'] as const).map((moment) =>
    point('redis', moment),
  ),
  ...(['api before delete', 'api after delete'] as const).map((moment) => point('redis', moment, byWriter)),
  ...(['api after create', 'said active'] as const).map((moment) => point('redis-wiped', moment, ['expiry'])),
  point('redis-wiped', 'end near', ['expiry']),
  ...(['api before dry-run', 'api before create', 'exec verify'] as const).map((moment) => point('api-down', moment)),
  point('api-down', 'end near', ['expiry', 'reaper']),
  point('api-500', 'api before create'),
  point('api-500', 'api before delete', byWriter),
  point('api-unsaid', 'api after create'),
  point('api-unsaid', 'api after delete'),
];

export interface Plan {
  readonly ending: Ending;
  readonly points: readonly Point[];
}

/** Every point as often as every other; two in a run, where they can come in one. */
export function plansFor(runs: number, roll: ReturnType<typeof dice>): Plan[] {
  let deck: Point[] = [];
  const draw = (fits: (point: Point) => boolean): Point | undefined => {
    if (!deck.some(fits)) deck = [...deck, ...shuffled(points, roll)];
    const index = deck.findIndex(fits);
    return deck.splice(index, 1)[0];
  };
  return Array.from({ length: runs }, () => {
    const first = draw(() => true);
    if (!first) throw new Error('there are points');
    const ending = pick(first.endings ?? endingsAtRandom, roll);
    const isAlone = (each: Point) => each.victim === 'redis-wiped';
    const second = isAlone(first)
      ? undefined
      : draw((each) => !isAlone(each) && each.moment !== first.moment && (each.endings ?? [ending]).includes(ending));
    return { ending, points: [first, ...(second ? [second] : [])] };
  });
}

/** Every fourth by the reaper alone. */
const endingsAtRandom = ['revoke', 'expiry', 'expiry', 'reaper'] as const;

function pick<T>(from: readonly T[], roll: ReturnType<typeof dice>): T {
  return from[roll(from.length)] as T; // never empty here
}

function shuffled<T>(from: readonly T[], roll: ReturnType<typeof dice>): T[] {
  return from
    .map((each) => ({ each, at: roll(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
