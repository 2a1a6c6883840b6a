import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../lab/asking.ts';
import { awaitBot, type Session, type SessionOptions, startSession } from '../../lab/session.ts';
import { type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

let session: Session | undefined;
let redis: OwnRedis | undefined;

afterEach(async () => {
  await session?.close();
  await redis?.stop();
  session = undefined;
  redis = undefined;
}, 30_000);

async function start(options: SessionOptions = {}): Promise<Session> {
  session = await startSession({ without: ['remediate'], env: { LOCK_MS: '2000', STALLED_MS: '1000' }, ...options });
  await awaitBot(session);
  return session;
}

const cards = ({ workspace }: Session) => workspace.messages('incidents').map(({ text }) => text);

describe('integration/trouble', () => {
  it('refuses while Redis is away, says that nothing was started, and works when it is back', async () => {
    redis = await startOwnRedis();
    const running = await start({ seed: 71, redis });
    expect((await ask(running, '/ipv6check shop/checkout')).card).not.toBeNull();

    await redis.kill();
    const asked = performance.now();
    const refused = await ask(running, '/ipv6check shop/checkout');
    const answeredMs = performance.now() - asked;
    await redis.restart();

    expect(refused).toMatchObject({ card: null, ephemeral: expect.stringContaining('Redis') });
    // Slack gives up after three seconds; a person should not wait nearly as long.
    expect(answeredMs).toBeLessThan(2_500);
    await expect
      .poll(async () => (await ask(running, '/ipv6check shop/checkout')).card?.text ?? '', { timeout: 30_000 })
      .toContain('Reachable');
  }, 90_000);

  it('starts without Redis, and refuses with the reason', async () => {
    redis = await startOwnRedis();
    await redis.kill();
    const running = await start({ seed: 72, redis, without: ['probe', 'remediate'] });

    expect(await ask(running, '/ipv6check shop/checkout')).toMatchObject({
      card: null,
      ephemeral: expect.stringContaining('Redis'),
    });
  }, 60_000);

  it('gives the job of a killed prober to another within seconds, on the same card', async () => {
    const running = await start({ seed: 73, fault: 'k8s-np-ipv4-only-ipblock' });
    const { workspace, processes } = running;
    await workspace.command('alice', 'incidents', 'shop/checkout');
    // By then the card is noted: between Slack's answer and that note is the one window that Slack leaves open.
    await expect.poll(() => running.cluster.runningExecs, { timeout: 20_000, interval: 10 }).toBeGreaterThan(0);
    await expect.poll(() => cards(running), { timeout: 10_000 }).toHaveLength(1);
    await processes.get('probe')!.stop('SIGKILL');
    const killed = performance.now();

    running.start('probe');
    await workspace.waitFor(() => cards(running).some((text) => text.includes('Broken')), 30_000);
    expect(performance.now() - killed).toBeLessThan(20_000);
    const [card] = workspace.messages('incidents');
    await workspace.waitFor(() => workspace.thread('incidents', card!.ts).length === 3, 10_000);

    expect(cards(running)).toHaveLength(1);
    const texts = workspace.thread('incidents', card!.ts).map(({ text }) => text);
    expect(new Set(texts).size).toBe(3);
    expect(running.cluster.runningExecs).toBe(0);
  }, 90_000);

  it('waits as long as Slack asks when it is told to slow down', async () => {
    const running = await start({ seed: 74 });
    running.workspace.switches.rateLimit('chat.postMessage', { times: 2, retryAfterSeconds: 1 });
    running.workspace.switches.rateLimit('chat.update', { times: 1, retryAfterSeconds: 1 });

    const { card, thread } = await ask(running, '/ipv6check shop/checkout');

    expect(card?.text).toContain('Reachable');
    expect(thread.length).toBeGreaterThan(0);
    expect(cards(running)).toHaveLength(1);
  }, 60_000);

  it('answers the person alone in a channel that it was not invited to, with the line that repairs it', async () => {
    const running = await start({ seed: 75 });
    const { workspace } = running;
    await workspace.command('alice', 'no-bot', 'shop/checkout');

    await workspace.waitFor(() => workspace.ephemerals('alice').length > 0, 20_000);
    const [told] = workspace.ephemerals('alice');
    expect(told?.text).toContain('Reachable');
    expect(workspace.text('no-bot', 'alice')).toContain('/invite @ipv6check');
  }, 60_000);

  it('answers the person alone when the channel is archived meanwhile', async () => {
    const running = await start({ seed: 77, fault: 'k8s-np-ipv4-only-ipblock' });
    const { workspace } = running;
    await workspace.command('alice', 'incidents', 'shop/checkout');
    await workspace.waitFor(() => cards(running).some((text) => text.startsWith('Checking')), 20_000);
    workspace.archive('incidents');

    await workspace.waitFor(() => workspace.ephemerals('alice').some(({ text }) => /Broken/.test(text)), 20_000);
    expect(workspace.ephemerals('alice')).toHaveLength(1);
  }, 60_000);

  it('posts nothing into a channel that another organisation shares', async () => {
    const running = await start({ seed: 76 });
    const { workspace } = running;

    for (const who of ['alice', 'stranger']) {
      const { response } = await workspace.command(who, 'shared', 'shop/checkout');
      expect(response?.text).toMatch(/another organisation|members of this workspace/);
    }
    expect(workspace.messages('shared')).toEqual([]);
  }, 60_000);
});
