import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../lab/asking.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';

let session: Session;

beforeAll(async () => {
  session = await startSession({ seed: 21, without: ['remediate'] });
  await awaitBot(session);
}, 90_000);

afterAll(() => session?.close(), 30_000);

describe('integration/bad-input', () => {
  it.each`
    line                                     | words
    ${'/ipv6check checkout'}                 | ${/checkout/}
    ${'/ipv6check Shop/Checkout'}            | ${/Shop/}
    ${'/ipv6check shop/../etc'}              | ${/shop\/\.\.\/etc/}
    ${'/ipv6check shop/checkout to'}         | ${/to/}
    ${'/ipv6check nowhere:shop/cart'}        | ${/nowhere/}
    ${'/ipv6check shop/checkout to 1.1.1.1'} | ${/1\.1\.1\.1/}
  `('answers $line with one sentence to that person alone', async ({ line, words }) => {
    const { card, ephemeral } = await ask(session, line);

    expect(card).toBeNull();
    expect(ephemeral).toMatch(words);
    expect(ephemeral!.length).toBeLessThan(600);
  });

  it.each`
    line                             | words
    ${'/ipv6check shop/no-such-pod'} | ${/no-such-pod/}
    ${'/ipv6check no-such-ns/pod'}   | ${/no-such-ns/}
  `('says that nothing has the name in $line', async ({ line, words }) => {
    const { workspace } = session;
    const [command, ...rest] = line.split(' ');
    await workspace.command('alice', 'incidents', rest.join(' '), command);

    await workspace.waitFor(() => words.test(workspace.text('incidents', 'alice')), 20_000);
  });
});
