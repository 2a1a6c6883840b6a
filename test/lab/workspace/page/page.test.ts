import { describe, expect, it } from 'vitest';
import { isMissing } from '../chromium.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(isMissing)('lab/workspace/page/page', () => {
  const world = pageWorld();

  it('shows what is said at once, to everybody, and asks nobody but the lab', async () => {
    await world.open();

    await world.composer().fill('hello @bob');
    await world.composer().press('Enter');

    await world.page.getByRole('article').getByText('hello @bob').waitFor();
    expect(world.workspace.messages('incidents')).toMatchObject([
      { text: `hello <@${world.workspace.people.bob.id}>` },
    ]);
    world.workspace.say('carol', 'incidents', 'from elsewhere');
    await world.page.getByText('from elsewhere').waitFor();
    expect(world.asked.filter((url) => !url.startsWith(world.url))).toEqual([]);
  });

  it('completes the command, hints at its words, and marks its answer as for this person alone', async () => {
    await world.open({ timezoneId: 'America/New_York' });

    await world.composer().pressSequentially('/ip');
    await world.page.getByRole('option', { name: /\/ipv6check/ }).waitFor();
    await world.composer().press('Tab');
    expect(await world.composer().inputValue()).toBe('/ipv6check ');
    await world.page.getByText('namespace/pod [to destination').waitFor();
    await world.composer().pressSequentially('shop/checkout');
    await world.composer().press('Enter');

    const answer = world.page.getByRole('article').filter({ hasText: 'Only visible to you' });
    // The date in it is midnight in UTC, and the evening before for this reader.
    await answer.getByText('Heard shop/checkout at 2026-03-01 19:00').waitFor();
    await world.become('bob');
    await world.page.getByRole('radio', { name: /^bob/, checked: true }).waitFor();
    await world.page.getByText('Nothing has been said here yet.').waitFor();
  });

  it('asks before a button acts, and says when the app does not respond', async () => {
    await world.post();
    await world.open({ as: 'bob' });

    await world.page.getByRole('button', { name: 'Apply' }).click();
    await world.page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click();
    await world.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(world.workspace.deliveries).toEqual([]);
    await world.page.getByRole('button', { name: 'Apply' }).click();
    await world.page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await world.workspace.waitFor(() => world.heard.length === 1);
    expect(world.heard).toEqual([world.workspace.people.bob.id]);

    await world.page.getByRole('button', { name: 'Reject' }).click();
    await world.page.getByRole('alert').filter({ hasText: 'did not respond' }).waitFor();
  });

  it('marks what is unread, and whom it mentions, until it is read', async () => {
    await world.open({ as: 'bob' });
    await world.page.getByRole('button', { name: /shared/ }).click();
    world.workspace.say('alice', 'incidents', `<@${world.workspace.people.bob.id}> look`);

    const entry = world.page.getByRole('button', { name: /incidents.*1 unread.*1 mention/ });
    await entry.waitFor();
    await entry.click();
    await world.page.getByText('New', { exact: true }).waitFor();
    await world.page.getByRole('button', { name: /shared/ }).click();

    await world.page.getByRole('button', { name: /unread/ }).waitFor({ state: 'detached' });
  });

  it('opens a thread, takes a reply there, and no command', async () => {
    const ts = await world.post();
    await world.post({ thread_ts: ts, text: 'Evidence', blocks: undefined });
    await world.open();

    await world.page.getByRole('button', { name: /1 reply/ }).click();
    const thread = world.page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('Evidence').waitFor();
    await thread.getByLabel('Reply').fill('/ipv6check help');
    await thread.getByLabel('Reply').press('Enter');
    await thread.getByRole('alert').filter({ hasText: 'not supported in threads' }).waitFor();
    await thread.getByLabel('Reply').fill('seen');
    await thread.getByLabel('Reply').press('Enter');

    await world.page.getByRole('button', { name: /2 replies/ }).waitFor();
    expect(world.workspace.thread('incidents', ts).at(-1)).toMatchObject({ text: 'seen', threadTs: ts });
    await thread.getByLabel('Reply').press('Escape');
    await thread.waitFor({ state: 'detached' });
  });

  it('shows the Home tab that the app publishes', async () => {
    await world.open();

    await world.page.getByRole('button', { name: 'ipv6check Home' }).click();

    await world.page.getByRole('heading', { name: 'Open exceptions' }).waitFor();
  });

  it('keeps a stranger out of where strangers are not', async () => {
    await world.post();
    await world.open();

    await world.become('stranger');
    await world.page.getByRole('heading', { name: 'shared' }).waitFor();

    expect(await world.page.getByRole('navigation').getByRole('listitem').allTextContents()).toHaveLength(2);
    expect(await world.page.getByText('Broken: shop/checkout').count()).toBe(0);
  });

  it('lays open what app and Slack say to each other', async () => {
    await world.post();
    await world.open();
    await world.page.getByRole('button', { name: 'Traffic' }).click();
    const traffic = world.page.getByRole('region', { name: 'Traffic between the app and Slack' });

    await world.composer().fill('/ipv6check shop/checkout');
    await world.composer().press('Enter');
    const command = traffic.getByText('slash_commands');
    await command.click();

    await traffic.getByText('"response_url"').waitFor();
    await traffic.getByText('Heard `shop/checkout`').waitFor();
    await traffic.getByLabel('Find in the traffic').fill('chat.postMessage');
    await command.waitFor({ state: 'detached' });
    expect(await traffic.locator('summary').count()).toBe(1);
  });
});
