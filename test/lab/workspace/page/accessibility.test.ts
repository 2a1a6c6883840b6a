import { describe, expect, it } from 'vitest';
import { isMissing } from '../chromium.ts';
import { violationsIn } from './axe.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(isMissing)('lab/workspace/page/accessibility', () => {
  const world = pageWorld();

  it('goes from the message box to a decision as somebody else by keyboard alone', async () => {
    const ts = await world.post();
    await world.post({ thread_ts: ts });
    await world.open();
    const isOn = (name: string) => world.page.locator('button:focus', { hasText: name });
    const press = async (key: string, untilOn: string) => {
      for (let tries = 0; tries < 40 && (await isOn(untilOn).count()) === 0; tries += 1)
        await world.page.keyboard.press(key);
      await isOn(untilOn).waitFor();
    };

    await world.page.keyboard.press('Shift+Tab'); // from the message box, where one is on coming here
    await press('Shift+Tab', '1 reply');
    await world.page.keyboard.press('Enter');
    await world.page.getByRole('complementary', { name: 'Thread' }).waitFor();
    await press('Tab', 'Apply');
    await world.page.keyboard.press('Escape');
    await world.page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'detached' });
    await world.page.getByRole('radio', { name: /^alice/ }).focus();
    await world.page.keyboard.press('ArrowDown');
    await world.page.getByRole('radio', { name: /^bob/, checked: true }).waitFor();
    await press('Tab', 'Apply');
    await world.page.keyboard.press('Enter');
    await isOn('Yes').waitFor();
    await world.page.keyboard.press('Enter');

    await world.workspace.waitFor(() => world.heard.length > 0);
    expect(world.heard).toEqual([world.workspace.people.bob.id]);
    await isOn('Apply').waitFor(); // the focus is where it was before the dialog
  });

  it('fills in a modal by keyboard alone, and says what is missing', async () => {
    await world.open();
    await world.composer().fill('/ipv6check modal');
    await world.composer().press('Enter');
    const modal = world.page.getByRole('dialog', { name: 'Check a pod' });
    await modal.locator('input:focus').waitFor(); // on its first field
    await modal.getByRole('button', { name: 'Check' }).press('Enter');
    await modal.getByRole('alert').first().waitFor();
    expect(await modal.getByRole('alert').allTextContents()).toEqual(
      Array(2).fill('Please complete this required field.'),
    );
    expect(await violationsIn(world.page)).toEqual([]);

    await modal.getByRole('combobox', { name: 'Pod' }).pressSequentially('sh');
    await modal.getByRole('option', { name: 'shop/cart' }).waitFor();
    await world.page.keyboard.press('ArrowDown');
    await world.page.keyboard.press('Enter');
    await world.page.keyboard.press('Tab');
    await world.page.keyboard.type('2001:db8::1');
    await world.page.keyboard.press('Tab');
    await world.page.keyboard.press('ArrowDown');
    await world.page.keyboard.press('Tab');
    await world.page.keyboard.press('Tab');
    await world.page.keyboard.press('Enter');

    await modal.waitFor({ state: 'detached' });
    expect(world.heard).toMatchObject([
      {
        pod: { pod: { selected_option: { value: 'shop/cart' } } },
        to: { to: { value: '2001:db8::1' } },
        cluster: { cluster: { selected_option: { value: 'shop/checkout' } } },
      },
    ]);
  });

  it.each(['light', 'dark'] as const)('has nothing in it that axe would stop at, in %s', async (colorScheme) => {
    const ts = await world.post();
    await world.post({ thread_ts: ts });
    world.workspace.notice('incidents', '*Try* `/ipv6check help`');
    await world.open({ colorScheme });
    await world.composer().fill('/ipv6check help');
    await world.composer().press('Enter');
    await world.page.getByText('Only visible to you').waitFor();
    await world.page.getByRole('button', { name: /1 reply/ }).click();
    await world.page.getByRole('button', { name: 'Traffic' }).click();
    await world.page.locator('.inspector summary').first().click();
    await world.composer().fill('/');
    await world.page.getByRole('option', { name: /ipv6check/ }).waitFor();

    expect(await violationsIn(world.page)).toEqual([]);
    await world.page.getByRole('button', { name: 'Apply' }).first().click();
    await world.page.getByRole('dialog').waitFor();
    expect(await violationsIn(world.page)).toEqual([]);
  });
});
