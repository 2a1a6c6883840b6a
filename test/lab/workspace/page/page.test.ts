import type { App } from '@slack/bolt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtPage } from '../../../../lab/workspace/serving/build.ts';
import { type ServedPage, servePage } from '../../../../lab/workspace/serving/serve.ts';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { webClient } from '../bolt-app.ts';
import { openChromium } from '../chromium.ts';
import { violationsIn } from './axe.ts';
import { card, startBot } from './bot.ts';

let browser: Browser;
let folder: string;
let workspace: LabWorkspace;
let bot: App;
let served: ServedPage;
let page: Page;
let heard: unknown[];
let asked: string[];

beforeAll(async () => {
  [browser, folder] = await Promise.all([openChromium(), builtPage()]);
});

afterAll(() => browser.close());

beforeEach(async () => {
  heard = [];
  asked = [];
  workspace = await startWorkspace();
  bot = await startBot(workspace, heard);
  served = await servePage(workspace, { folder, about: 'healthy, seed 1' });
});

afterEach(async () => {
  await page.context().close();
  await served.close();
  await bot.stop();
  await workspace.close();
});

async function open({
  as = 'alice',
  ...how
}: {
  as?: string;
  colorScheme?: 'light' | 'dark';
  timezoneId?: string;
} = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...how });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${served.url}#${as}/`);
  await page.getByRole('heading', { name: 'incidents' }).waitFor();
}

async function post(more: object = {}): Promise<string> {
  const channel = workspace.channels.incidents.id;
  const { ts } = await webClient(workspace).chat.postMessage({ channel, text: 'Card', blocks: card, ...more } as never);
  return ts!;
}

const composer = () => page.getByLabel('Message #incidents');
const become = (name: string) => page.getByRole('radio', { name: new RegExp(`^${name}`) }).check();

describe('lab/workspace/page/page', () => {
  it('shows what is said at once, to everybody, and asks nobody but the lab', async () => {
    await open();

    await composer().fill('hello @bob');
    await composer().press('Enter');

    await page.getByRole('article').getByText('hello @bob').waitFor();
    expect(workspace.messages('incidents')).toMatchObject([{ text: `hello <@${workspace.people.bob.id}>` }]);
    workspace.say('carol', 'incidents', 'from elsewhere');
    await page.getByText('from elsewhere').waitFor();
    expect(asked.filter((url) => !url.startsWith(served.url))).toEqual([]);
  });

  it('completes the command, hints at its words, and marks its answer as for this person alone', async () => {
    await open({ timezoneId: 'America/New_York' });

    await composer().pressSequentially('/ip');
    await page.getByRole('option', { name: /\/ipv6check/ }).waitFor();
    await composer().press('Tab');
    expect(await composer().inputValue()).toBe('/ipv6check ');
    await page.getByText('namespace/pod [to destination').waitFor();
    await composer().pressSequentially('shop/checkout');
    await composer().press('Enter');

    const answer = page.getByRole('article').filter({ hasText: 'Only visible to you' });
    // The date in it is midnight in UTC, and the evening before for this reader.
    await answer.getByText('Heard shop/checkout at 2026-03-01 19:00').waitFor();
    await become('bob');
    await page.getByRole('radio', { name: /^bob/, checked: true }).waitFor();
    await page.getByText('Nothing has been said here yet.').waitFor();
  });

  it('asks before a button acts, and says when the app does not respond', async () => {
    await post();
    await open({ as: 'bob' });

    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(workspace.deliveries).toEqual([]);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await workspace.waitFor(() => heard.length === 1);
    expect(heard).toEqual([workspace.people.bob.id]);

    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('alert').filter({ hasText: 'did not respond' }).waitFor();
  });

  it('marks what is unread, and whom it mentions, until it is read', async () => {
    await open({ as: 'bob' });
    await page.getByRole('button', { name: /shared/ }).click();
    workspace.say('alice', 'incidents', `<@${workspace.people.bob.id}> look`);

    const entry = page.getByRole('button', { name: /incidents.*1 unread.*1 mention/ });
    await entry.waitFor();
    await entry.click();
    await page.getByText('New', { exact: true }).waitFor();
    await page.getByRole('button', { name: /shared/ }).click();

    await page.getByRole('button', { name: /unread/ }).waitFor({ state: 'detached' });
  });

  it('opens a thread, takes a reply there, and no command', async () => {
    const ts = await post();
    await post({ thread_ts: ts, text: 'Evidence', blocks: undefined });
    await open();

    await page.getByRole('button', { name: /1 reply/ }).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('Evidence').waitFor();
    await thread.getByLabel('Reply').fill('/ipv6check help');
    await thread.getByLabel('Reply').press('Enter');
    await thread.getByRole('alert').filter({ hasText: 'not supported in threads' }).waitFor();
    await thread.getByLabel('Reply').fill('seen');
    await thread.getByLabel('Reply').press('Enter');

    await page.getByRole('button', { name: /2 replies/ }).waitFor();
    expect(workspace.thread('incidents', ts).at(-1)).toMatchObject({ text: 'seen', threadTs: ts });
    await thread.getByLabel('Reply').press('Escape');
    await thread.waitFor({ state: 'detached' });
  });

  it('goes from the message box to a decision as somebody else by keyboard alone', async () => {
    const ts = await post();
    await post({ thread_ts: ts });
    await open();
    const isOn = (name: string) => page.locator('button:focus', { hasText: name });
    const press = async (key: string, untilOn: string) => {
      for (let tries = 0; tries < 40 && (await isOn(untilOn).count()) === 0; tries += 1) await page.keyboard.press(key);
      await isOn(untilOn).waitFor();
    };

    await page.keyboard.press('Shift+Tab'); // from the message box, where one is on coming here
    await press('Shift+Tab', '1 reply');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Thread' }).waitFor();
    await press('Tab', 'Apply');
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: /^alice/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('radio', { name: /^bob/, checked: true }).waitFor();
    await press('Tab', 'Apply');
    await page.keyboard.press('Enter');
    await isOn('Yes').waitFor();
    await page.keyboard.press('Enter');

    await workspace.waitFor(() => heard.length > 0);
    expect(heard).toEqual([workspace.people.bob.id]);
    await isOn('Apply').waitFor(); // the focus is where it was before the dialog
  });

  it('fills in a modal by keyboard alone, and says what is missing', async () => {
    await open();
    await composer().fill('/ipv6check modal');
    await composer().press('Enter');
    const modal = page.getByRole('dialog', { name: 'Check a pod' });
    await modal.locator('input:focus').waitFor(); // on its first field
    await modal.getByRole('button', { name: 'Check' }).press('Enter');
    await modal.getByRole('alert').first().waitFor();
    expect(await modal.getByRole('alert').allTextContents()).toEqual(
      Array(2).fill('Please complete this required field.'),
    );
    expect(await violationsIn(page)).toEqual([]);

    await modal.getByRole('combobox', { name: 'Pod' }).pressSequentially('sh');
    await modal.getByRole('option', { name: 'shop/cart' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('2001:db8::1');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    await modal.waitFor({ state: 'detached' });
    expect(heard).toMatchObject([
      {
        pod: { pod: { selected_option: { value: 'shop/cart' } } },
        to: { to: { value: '2001:db8::1' } },
        cluster: { cluster: { selected_option: { value: 'shop/checkout' } } },
      },
    ]);
  });

  it('shows the Home tab that the app publishes', async () => {
    await open();

    await page.getByRole('button', { name: 'ipv6check Home' }).click();

    await page.getByRole('heading', { name: 'Open exceptions' }).waitFor();
  });

  it('keeps a stranger out of where strangers are not', async () => {
    await post();
    await open();

    await become('stranger');
    await page.getByRole('heading', { name: 'shared' }).waitFor();

    expect(await page.getByRole('navigation').getByRole('listitem').allTextContents()).toHaveLength(2);
    expect(await page.getByText('Broken: shop/checkout').count()).toBe(0);
  });

  it('lays open what app and Slack say to each other', async () => {
    await post();
    await open();
    await page.getByRole('button', { name: 'Traffic' }).click();
    const traffic = page.getByRole('region', { name: 'Traffic between the app and Slack' });

    await composer().fill('/ipv6check shop/checkout');
    await composer().press('Enter');
    const command = traffic.getByText('slash_commands');
    await command.click();

    await traffic.getByText('"response_url"').waitFor();
    await traffic.getByText('Heard `shop/checkout`').waitFor();
    await traffic.getByLabel('Find in the traffic').fill('chat.postMessage');
    await command.waitFor({ state: 'detached' });
    expect(await traffic.locator('summary').count()).toBe(1);
  });

  it.each(['light', 'dark'] as const)('has nothing in it that axe would stop at, in %s', async (colorScheme) => {
    const ts = await post();
    await post({ thread_ts: ts });
    workspace.notice('incidents', '*Try* `/ipv6check help`');
    await open({ colorScheme });
    await composer().fill('/ipv6check help');
    await composer().press('Enter');
    await page.getByText('Only visible to you').waitFor();
    await page.getByRole('button', { name: /1 reply/ }).click();
    await page.getByRole('button', { name: 'Traffic' }).click();
    await page.locator('.inspector summary').first().click();
    await composer().fill('/');
    await page.getByRole('option', { name: /ipv6check/ }).waitFor();

    expect(await violationsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Apply' }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await violationsIn(page)).toEqual([]);
  });
});
