import { setTimeout as pause } from 'node:timers/promises';
import type { Message } from '../../lab/workspace/messages.ts';
import { ended, type RunCount } from './count.ts';
import type { ChaosLab } from './lab.ts';
import type { Plan } from './points.ts';
import type { Striking } from './strike.ts';

/** A point of its own: no writer lives from before the end until the reaper has ended the policy. */
export const reaperAlone = 'writer: killed for good, so that the reaper is alone';

/** Nothing has happened for this long: whoever waits, waits for time to pass. */
const stallMs = 6_000;
/** What the longest wait of any process is, by the clock. */
const passingMs = 61_000;
/** For one part of a loop, whatever is killed in it. */
const patienceMs = 90_000;

/** One loop from the command to the proof of its end, with two strikes somewhere in it. */
export async function runOnce(lab: ChaosLab, striking: Striking, plan: Plan): Promise<RunCount> {
  const { session, clock } = lab;
  const { workspace, cluster } = session;
  const auditFrom = cluster.audit.length;
  const known = new Set(workspace.messages('incidents').map(({ ts }) => ts));
  const newest = () => workspace.messages('incidents').filter(({ ts }) => !known.has(ts));
  let end: Date | null = null;
  let id = '';
  const kills: string[] = [];
  striking.arm(plan.points);

  /** Polls; has people press again, and time pass, while nothing comes of it. */
  async function until<T>(
    what: string,
    look: () => T | Promise<T>,
    again?: () => Promise<unknown>,
  ): Promise<NonNullable<T>> {
    const deadline = Date.now() + patienceMs;
    let moved = Date.now();
    let sign = '';
    await again?.();
    for (;;) {
      noteEnd();
      const found = await look();
      if (found) return found as NonNullable<T>; // what is false has just been ruled out
      if (Date.now() > deadline) throw new Error(`${what}: not within ${patienceMs} ms`);
      const now = `${striking.watching.seen.record?.state} ${workspace.calls().length}`;
      if (now !== sign) [sign, moved] = [now, Date.now()];
      if (Date.now() - moved > stallMs) {
        moved = Date.now();
        await lab.pass(untilEnd() ?? passingMs);
        await again?.();
      }
      await pause(20);
    }
  }

  /** An end passes in its own time, so that how late it is kept is measured and not made; null where none is near. */
  function untilEnd(): number | null {
    const leftMs = end === null ? 0 : end.getTime() - clock.now().getTime() - 1_500;
    return leftMs > 0 && leftMs < passingMs ? leftMs : null;
  }

  function noteEnd(): void {
    const text = lab.standing()[0]?.metadata.annotations?.['ipv6check.dev/expires-at'];
    if (text !== undefined) end = new Date(text);
  }

  // Somebody who is not answered presses again; what Slack says to that person alone is no error here.
  const press = (who: string, message: Message, label: string) => () =>
    workspace.click(who, message, { label }, label === 'Apply' ? { confirm: true } : {}).catch(() => undefined);
  const cardWith = (label: string, messages: readonly Message[]) =>
    messages.find((message) => workspace.buttons(message).includes(label));
  const asking = 'Ask for a temporary policy';

  try {
    const typed = () => workspace.command('alice', 'incidents', 'shop/checkout');
    const card = await until('the verdict', () => cardWith(asking, newest()), typed);
    const thread = () => workspace.thread('incidents', card.ts);
    const text = () => workspace.threadText('incidents', card.ts);
    const approval = await until('the approval card', () => cardWith('Apply', thread()), press('alice', card, asking));
    id = /"value":"(r[a-z0-9]{19})"/.exec(JSON.stringify(approval.blocks))?.[1] ?? '';
    // A save that came too late was seen as well: whether it counts is in the record alone.
    const isDecided = async () => !/^(proposed|)$/.test((await lab.stateOf(id)) ?? '');
    await until('the approval', isDecided, press('bob', approval, 'Apply'));

    const isOver = () => ended.test(text());
    await until('the policy', () => isOver() || lab.standing().length > 0 || /Active: the policy helps/.test(text()));
    // A writer that dies for good right after it created is what the reaper is for.
    const isLeftAtOnce = plan.ending === 'reaper' && plan.points.some(({ moment }) => moment === 'api after create');
    if (!isLeftAtOnce)
      await until(
        'what came of it',
        () => isOver() || /Active: the policy helps/.test(text()) || lab.standing().length === 0,
      );

    if (plan.ending === 'revoke') {
      await until('the revocation', isOver, () => workspace.command('bob', 'incidents', `revoke ${id}`));
    } else {
      if (plan.ending === 'reaper') {
        striking.holdWriter();
        kills.push(reaperAlone);
      }
      noteEnd();
      if (end !== null && lab.standing().length > 0)
        await lab.pass(new Date(end).getTime() - clock.now().getTime() - 1_500);
      await striking.strike('end near');
      const isGone = () => lab.standing().length === 0;
      const reaping = plan.ending === 'reaper' ? () => lab.reap() : undefined;
      while (reaping && !isGone()) await Promise.all([reaping(), pause(1_000)]);
      await until('the end', isGone);
      if (reaping) await striking.releaseWriter();
    }
    await striking.mended();
    await until('the proof', isOver);
    await until('the final state', async () => /^(reverted|failed|lapsed)$/.test((await lab.stateOf(id)) ?? 'lost'));
    return await count(null);
  } catch (error) {
    await striking.releaseWriter();
    await striking.mended();
    return await count(error instanceof Error ? error.message : String(error));
  }

  async function count(problem: string | null): Promise<RunCount> {
    await cluster.settled();
    return {
      audit: cluster.audit.slice(auditFrom),
      end,
      stands: lab.standing().length > 0,
      isOpen: await lab.connects(),
      isWhole: await lab.auditIsWhole(),
      kills: [...kills, ...striking.struck],
      missed: plan.points.map(({ name }) => name).filter((name) => !striking.struck.includes(name)),
      isByReaper: plan.ending === 'reaper',
      problem,
      thread: newest()
        .map(({ ts }) => workspace.threadText('incidents', ts))
        .join('\n'),
    };
  }
}
