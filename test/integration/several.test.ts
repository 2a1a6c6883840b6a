import { afterEach, describe, expect, it } from 'vitest';
import type { ProductProcess, ProductRole } from '../../lab/product.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';

const commands = 20;

let session: Session | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
}, 30_000);

const linesOf = ({ log }: ProductProcess): Record<string, unknown>[] =>
  log()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The runs whose verdict the channel shows, by card. */
function judged({ workspace }: Session): string[] {
  return workspace.messages('incidents').flatMap(({ metadata }) => {
    const id = metadata?.event_type === 'ipv6check_report' ? metadata.event_payload.id : undefined;
    return typeof id === 'string' ? [id] : [];
  });
}

describe('integration/several', () => {
  it('answers each of many commands once while every bot and every prober is replaced', async () => {
    const running = await startSession({ seed: 81, without: ['remediate'] });
    session = running;
    const { workspace } = running;
    await awaitBot(running);
    const all = [...running.processes.values()];
    const start = (role: ProductRole): ProductProcess => {
      const started = running.start(role);
      all.push(started);
      return started;
    };
    const isUp = (process: ProductProcess) => () => process.log().includes('"msg":"started"');
    const [first, firstProber] = [running.processes.get('bot')!, running.processes.get('probe')!];
    const [second, secondProber] = [start('bot'), start('probe')];
    await workspace.waitFor(() => workspace.openSockets() === 2, 20_000);
    await expect.poll(isUp(secondProber), { timeout: 20_000 }).toBe(true);

    const outcomes = Array.from({ length: commands }, async (_, index) => {
      // One after another: each is typed once so many runs have been judged, or with the first few at once.
      await workspace.waitFor(() => judged(running).length >= index - 6, 90_000);
      return workspace.command('alice', 'incidents', 'shop/checkout');
    });
    for (const [bot, prober] of [
      [first, firstProber],
      [second, secondProber],
    ] as const) {
      const sockets = workspace.openSockets();
      start('bot');
      await workspace.waitFor(() => workspace.openSockets() > sockets, 20_000);
      await bot.stop();
      const next = start('probe');
      await expect.poll(isUp(next), { timeout: 20_000 }).toBe(true);
      await prober.stop();
    }
    const answered = await Promise.all(outcomes);
    await workspace.waitFor(() => judged(running).length === commands, 60_000);

    expect(answered.filter(({ acknowledged }) => !acknowledged)).toEqual([]);
    const queued = all
      .flatMap(linesOf)
      .filter(({ msg, queued: isQueued }) => msg === 'check asked for' && isQueued === true);
    expect(queued.map(({ requestId }) => requestId).toSorted()).toEqual(judged(running).toSorted());
    expect(new Set(judged(running)).size).toBe(commands);
    expect(workspace.messages('incidents')).toHaveLength(commands);
    for (const { ts } of workspace.messages('incidents')) {
      await workspace.waitFor(() => workspace.thread('incidents', ts).length > 1, 20_000);
      const texts = workspace.thread('incidents', ts).map(({ text }) => text);
      expect(new Set(texts).size).toBe(texts.length);
    }
    for (const gone of [first, second, firstProber, secondProber]) expect(gone.child.exitCode).toBe(0);
    // Both of each had their share before they went.
    for (const prober of [firstProber, secondProber]) {
      expect(linesOf(prober).filter(({ msg }) => msg === 'job done').length).toBeGreaterThan(0);
    }
  }, 180_000);

  it('answers what it has heard before it goes', async () => {
    const running = await startSession({ seed: 82, without: ['remediate'] });
    session = running;
    const { workspace, processes } = running;
    await awaitBot(running);
    workspace.switches.delay('users.info', 700);
    workspace.switches.delay('conversations.info', 700);
    const outcome = workspace.command('alice', 'incidents', 'shop/checkout');
    await workspace.waitFor(() => workspace.calls('auth.test').length > 0, 10_000);
    const bot = processes.get('bot')!;

    await bot.stop();

    expect(await outcome).toMatchObject({ acknowledged: true });
    expect(bot.child.exitCode).toBe(0);
    await workspace.waitFor(() => judged(running).length === 1, 60_000);
  }, 90_000);
});
