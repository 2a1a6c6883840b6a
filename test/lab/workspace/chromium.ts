import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's; playwright-core brings no browser of its own. */
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** What the launcher could not install is skipped by name; where CI says so, it ends there and then. */
export const isMissing = process.env.IPV6CHECK_MISSING?.split(',').includes('chromium') === true;

/** Talks to nobody but the page that it is given; its profile is new, and gone afterwards. */
export function openChromium(): Promise<Browser> {
  if (!executablePath) throw new Error('chromium is not installed: apt-get install chromium');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
