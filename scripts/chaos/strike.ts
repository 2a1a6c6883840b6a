import { setTimeout as pause } from 'node:timers/promises';
import type { ProductRole } from '../../lab/product.ts';
import type { ChaosLab } from './lab.ts';
import type { Moment, Point } from './points.ts';
import { type Watching, watch } from './watch.ts';

const roles = { bot: 'bot', prober: 'probe', writer: 'remediate' } as const satisfies Record<string, ProductRole>;

export interface Striking {
  readonly watching: Watching;
  /** From now on these strike, each of them once; resolves to what has been struck before. */
  arm(points: readonly Point[]): void;
  strike(moment: Moment): Promise<'drop' | undefined>;
  readonly struck: readonly string[];
  /** Kills the writer for good: until it is let go, nothing starts it. */
  holdWriter(): void;
  releaseWriter(): Promise<void>;
  /** Resolves when all that was broken works again. */
  mended(): Promise<void>;
}

/** The hands that break the lab at its moments, and mend it a little later. */
export async function strikesIn(lab: ChaosLab, roll: (sides: number) => number): Promise<Striking> {
  const { session, redis } = lab;
  const { trouble } = session.cluster;
  const mending = new Set<Promise<void>>();
  let armed: Point[] = [];
  let struck: string[] = [];
  let isWriterHeld = false;

  function later(work: () => Promise<void>): void {
    const promise = pause(100 + roll(900))
      .then(work)
      .finally(() => mending.delete(promise));
    mending.add(promise);
  }

  /** Kills first and without waiting: the next effect must not come. */
  function hit({ victim, moment }: Point): 'drop' | undefined {
    switch (victim) {
      case 'bot':
      case 'prober':
      case 'writer':
        lab.kill(roles[victim]);
        later(async () => {
          if (victim !== 'writer' || !isWriterHeld) await lab.revive(roles[victim]);
        });
        return undefined;
      case 'redis':
      case 'redis-wiped': {
        const killed = redis.kill();
        later(async () => {
          await killed;
          if (victim === 'redis-wiped') redis.forget();
          await redis.restart();
          await watching.listenToRedis();
        });
        return undefined;
      }
      case 'api-down': {
        const refused = trouble.refuseConnections(true);
        trouble.cutConnections();
        later(async () => {
          await refused;
          await pause(roll(2_000));
          await trouble.refuseConnections(false);
        });
        return 'drop';
      }
      case 'api-500':
        // This request has passed already: it is cut, and what it is repeated as fails otherwise.
        trouble.failNext(2, 'server-error', moment.endsWith('create') ? /^POST .*policies$/ : /^DELETE .*policies\//);
        return 'drop';
      case 'api-unsaid':
        return 'drop';
    }
  }

  async function strike(moment: Moment): Promise<'drop' | undefined> {
    const due = armed.find((point) => point.moment === moment);
    if (!due) return undefined;
    armed = armed.filter((point) => point !== due);
    struck = [...struck, due.name];
    return hit(due);
  }

  const { cluster, workspace } = session;
  const watching: Watching = await watch({ cluster, workspace, redisUrl: redis.url }, strike);
  return {
    ...{ watching, strike },
    arm(points) {
      armed = [...points];
      struck = [];
    },
    get struck() {
      return struck;
    },
    holdWriter() {
      isWriterHeld = true;
      lab.kill('remediate');
    },
    async releaseWriter() {
      isWriterHeld = false;
      await lab.revive('remediate');
    },
    async mended() {
      while (mending.size > 0) await Promise.all(mending);
      for (const role of Object.values(roles)) await lab.revive(role);
    },
  };
}
