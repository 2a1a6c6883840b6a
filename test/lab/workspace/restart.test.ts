import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ProductProcess, startProcess } from '../../../lab/product.ts';
import { type LabRedis, startRedis } from '../../../lab/redis.ts';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';

let redis: LabRedis;
let folder: string;
let workspace: LabWorkspace | undefined;
let bot: ProductProcess | undefined;

beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-restart-'));
});

afterEach(async () => {
  await bot?.stop('SIGKILL');
  await workspace?.close();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await redis.stop();
});

/** The product's own bot, until it hears this workspace. */
async function startBot(slack: LabWorkspace): Promise<ProductProcess> {
  const grants = join(folder, 'grants.json');
  writeFileSync(grants, JSON.stringify({ grants: [] }));
  const started = startProcess('bot', {
    REDIS_URL: redis.url,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    IPV6CHECK_CLUSTERS: 'lab',
    GRANTS_FILE: grants,
    DECISION_KEY: 'k'.repeat(64),
    APPROVER_GROUP: slack.approvers,
    HEALTH_PORT: '0',
  });
  await slack.waitFor(() => slack.openSockets() > 0, 20_000);
  return started;
}

describe('lab/workspace/restart', () => {
  it('loses no event when the bot is killed with one in its hands and another on the way', async () => {
    // Slack waits 0, 1 and 5 minutes; here the whole schedule passes while the bot is away for a moment.
    const slack = await startWorkspace({ eventRetryDelaysMs: [0, 4_000, 8_000] });
    workspace = slack;
    const mention = (text: string) => slack.say('alice', 'incidents', `<@${slack.bot}> ${text}`).text;
    const attemptsAt = (text: string) =>
      slack.deliveries.filter(({ payload }) => (payload.event as { text: string }).text === text);
    bot = await startBot(slack);

    const before = mention('before');
    await slack.waitFor(() => attemptsAt(before).some(({ receipt }) => receipt.acknowledged));
    bot.child.kill('SIGSTOP'); // it takes what arrives, and answers nothing
    const inHand = mention('in hand');
    await bot.stop('SIGKILL');
    await slack.waitFor(() => slack.openSockets() === 0);
    const away = mention('while it was away');
    await slack.waitFor(() => attemptsAt(away).length >= 2);
    bot = await startBot(slack);
    await slack.waitFor(
      () => [inHand, away].every((text) => attemptsAt(text).some(({ receipt }) => receipt.acknowledged)),
      20_000,
    );

    const outcomes = [before, inHand, away].map((text) =>
      attemptsAt(text).map(({ receipt, retry }) => [retry?.attempt ?? 0, receipt.acknowledged]),
    );
    expect(outcomes[0]).toEqual([[0, true]]);
    expect(outcomes[1]![0]).toEqual([0, false]);
    expect(outcomes[2]!.slice(0, 2)).toEqual([
      [0, false],
      [1, false],
    ]);
    // Acknowledged once, and not delivered again after that.
    for (const each of outcomes) expect(each.filter(([, isDone]) => isDone)).toEqual([each.at(-1)]);
    const ids = [inHand, away].map((text) => new Set(attemptsAt(text).map(({ payload }) => payload.event_id)).size);
    expect(ids).toEqual([1, 1]);
  }, 60_000);
});
