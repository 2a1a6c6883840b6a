import type { App } from '@slack/bolt';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { builtPage } from '../../../../lab/workspace/serving/build.ts';
import { type ServedPage, servePage } from '../../../../lab/workspace/serving/serve.ts';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { webClient } from '../bolt-app.ts';
import { openChromium } from '../chromium.ts';
import { card, startBot } from './bot.ts';

/** A workspace with a bot in it and a page of it, new for every test of the describe that calls this. */
export function pageWorld() {
  let browser: Browser;
  let folder: string;
  let workspace: LabWorkspace;
  let bot: App;
  let served: ServedPage;
  let page: Page | undefined;
  const heard: unknown[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    [browser, folder] = await Promise.all([openChromium(), builtPage()]);
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    heard.length = 0;
    asked.length = 0;
    workspace = await startWorkspace();
    bot = await startBot(workspace, heard);
    served = await servePage(workspace, { folder, about: 'healthy, seed 1' });
  });

  afterEach(async () => {
    await page?.context().close();
    await served.close();
    await bot.stop();
    await workspace.close();
  });

  function opened(): Page {
    if (!page) throw new Error('no page has been opened yet');
    return page;
  }

  return {
    /** What the bot heard, and the addresses that the browser asked. */
    heard,
    asked,
    get page() {
      return opened();
    },
    get workspace() {
      return workspace;
    },
    get url() {
      return served.url;
    },

    async open({ as = 'alice', ...how }: BrowserContextOptions & { as?: string } = {}): Promise<void> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...how });
      page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(`${served.url}#${as}/`);
      await page.getByRole('heading', { name: 'incidents' }).waitFor();
    },

    /** A card with everything on it, in #incidents. */
    async post(more: object = {}): Promise<string> {
      const channel = workspace.channels.incidents.id;
      const words = { channel, text: 'Card', blocks: card, ...more };
      await webClient(workspace).apiCall('chat.postMessage', words);
      return workspace.visibleTo('alice', 'incidents').at(-1)!.ts;
    },

    composer: () => opened().getByLabel('Message #incidents'),
    become: (name: string) =>
      opened()
        .getByRole('radio', { name: new RegExp(`^${name}`) })
        .check(),
  };
}
