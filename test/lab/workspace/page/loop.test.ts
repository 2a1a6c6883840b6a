import type { Browser } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { awaitBot, type Session, startSession } from '../../../../lab/session.ts';
import { builtPage } from '../../../../lab/workspace/serving/build.ts';
import { type ServedPage, servePage } from '../../../../lab/workspace/serving/serve.ts';
import { isMissing, openChromium } from '../chromium.ts';

let session: Session | undefined;
let served: ServedPage | undefined;
let browser: Browser | undefined;

afterEach(async () => {
  await browser?.close();
  await served?.close();
  await session?.close();
}, 30_000);

const ours = ({ cluster }: Session) =>
  cluster.objects().filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'ipv6check');

describe.skipIf(isMissing)('lab/workspace/page/loop', () => {
  it('goes from the command to the proof of the revert by clicking alone', async () => {
    const [folder, running, chromium] = await Promise.all([
      builtPage(),
      startSession({ fault: 'k8s-np-ipv4-only-ipblock', seed: 21, env: { SWEEP_SECONDS: '1' } }),
      openChromium(),
    ]);
    session = running;
    browser = chromium;
    served = await servePage(running.workspace, { folder, about: 'fault k8s-np-ipv4-only-ipblock, seed 21' });
    await awaitBot(running);
    const page = await browser.newPage();
    page.setDefaultTimeout(40_000);
    await page.goto(served.url);
    const thread = page.getByRole('complementary', { name: 'Thread' });
    const dialog = page.getByRole('dialog');

    await page.getByLabel('Message #incidents').fill('/ipv6check shop/checkout');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: /Broken: shop\/checkout-/ }).waitFor();
    await page.getByText('A policy is the cause.').first().waitFor();
    await page.getByRole('button', { name: 'Ask for a temporary policy' }).click();
    await page.getByRole('button', { name: /\d replies/ }).click();
    await thread.getByRole('heading', { name: /Temporary policy proposed/ }).waitFor();

    await page.getByRole('radio', { name: /^bob/ }).check();
    await thread.getByRole('button', { name: 'Apply' }).click();
    await dialog.getByText('It opens IPv6 egress').waitFor();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await thread
      .getByText(/Active/)
      .first()
      .waitFor();
    expect(ours(running)).toHaveLength(1);

    await thread.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await thread
      .getByText(/reverted and proved/)
      .first()
      .waitFor();
    expect(ours(running)).toEqual([]);
    expect(await thread.getByRole('button', { name: 'Revoke' }).count()).toBe(0);
  }, 120_000);
});
