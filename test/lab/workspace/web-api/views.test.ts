import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { refusalOf, webClient } from '../bolt-app.ts';

let workspace: LabWorkspace;

const plain = (text: string) => ({ type: 'plain_text', text });
const x = (count: number) => 'x'.repeat(count);
const input = (element: object = { type: 'plain_text_input' }, more = {}) => ({
  type: 'input',
  label: plain('Pod'),
  element,
  ...more,
});
const modal = (more: object = {}) => ({
  type: 'modal',
  title: plain('Check'),
  submit: plain('Go'),
  blocks: [],
  ...more,
});
const choose = (more: object = {}) =>
  input({ type: 'static_select', options: [{ text: plain('A'), value: 'a' }], ...more });

beforeEach(async () => {
  workspace = await startWorkspace();
});

afterEach(() => workspace.close());

/** A command's trigger is as good when no app is there to hear of the command. */
async function trigger(who = 'alice'): Promise<string> {
  await workspace.command(who, 'incidents', 'help');
  return String(workspace.deliveries.at(-1)?.payload.trigger_id);
}

const call = (method: string, args: Record<string, unknown>) => webClient(workspace).apiCall(method, args);
const open = async (view: object, trigger_id?: string) =>
  call('views.open', { trigger_id: trigger_id ?? (await trigger()), view });

describe('lab/workspace/web-api/views', () => {
  it('opens a modal for whoever the trigger belongs to', async () => {
    await open(modal({ private_metadata: 'm' }), await trigger('bob'));

    expect(workspace.modal('bob')).toMatchObject({ type: 'modal', given: { private_metadata: 'm' } });
    expect(workspace.modal('alice')).toBeUndefined();
  });

  it.each`
    what                     | view                                                                                 | pointer
    ${'no title'}            | ${modal({ title: undefined })}                                                       | ${'/view/title'}
    ${'a long title'}        | ${modal({ title: plain(x(25)) })}                                                    | ${'/view/title/text'}
    ${'a long submit'}       | ${modal({ submit: plain(x(25)) })}                                                   | ${'/view/submit/text'}
    ${'a long callback_id'}  | ${modal({ callback_id: x(256) })}                                                    | ${'/view/callback_id'}
    ${'long metadata'}       | ${modal({ private_metadata: x(3_001) })}                                             | ${'/view/private_metadata'}
    ${'an unknown property'} | ${modal({ colour: 'red' })}                                                          | ${'/view'}
    ${'input sans submit'}   | ${modal({ submit: undefined, blocks: [input()] })}                                   | ${'/view'}
    ${'a home tab'}          | ${{ type: 'home', blocks: [] }}                                                      | ${'/view/type'}
    ${'101 blocks'}          | ${modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) })}       | ${'/view/blocks'}
    ${'input sans label'}    | ${modal({ blocks: [input(undefined, { label: undefined })] })}                       | ${'/view/blocks/0/label'}
    ${'a button as input'}   | ${modal({ blocks: [input({ type: 'button' })] })}                                    | ${'/view/blocks/0/element/type'}
    ${'a wrong min_length'}  | ${modal({ blocks: [input({ type: 'plain_text_input', min_length: -1 })] })}          | ${'/view/blocks/0/element/min_length'}
    ${'a field that asks'}   | ${modal({ blocks: [input({ type: 'plain_text_input', confirm: {} })] })}             | ${'/view/blocks/0/element'}
    ${'no options'}          | ${modal({ blocks: [choose({ options: [] })] })}                                      | ${'/view/blocks/0/element/options'}
    ${'a foreign initial'}   | ${modal({ blocks: [choose({ initial_option: { text: plain('B'), value: 'b' } })] })} | ${'/view/blocks/0/element/initial_option'}
    ${'a long option'}       | ${modal({ blocks: [choose({ options: [{ text: plain(x(76)), value: 'b' }] })] })}    | ${'/view/blocks/0/element/options/0/text/text'}
  `('refuses $what at $pointer', async ({ view, pointer }) => {
    const refusal = await refusalOf(open(view));

    expect(refusal.error).toBe('invalid_arguments');
    expect(refusal.messages.join()).toContain(`[json-pointer:${pointer}]`);
    expect(workspace.modal('alice')).toBeUndefined();
  });

  it('refuses a view that is too large', async () => {
    const options = Array.from({ length: 100 }, (_, value) => ({ text: plain(x(75)), value: `${x(140)}${value}` }));
    const blocks = Array.from({ length: 20 }, () => choose({ options }));

    expect(await refusalOf(open(modal({ blocks })))).toMatchObject({ error: 'view_too_large' });
  });

  it('takes a refused view without spending the trigger', async () => {
    const id = await trigger();

    await refusalOf(open(modal({ title: undefined }), id));

    expect(await open(modal(), id)).toMatchObject({ ok: true });
  });

  it('updates only what is as the app knows it', async () => {
    const { view } = (await open(modal())) as unknown as { view: { id: string; hash: string } };
    const { id, hash } = view;
    const update = (more: object) => call('views.update', { view_id: id, view: modal(), ...more });

    expect(await update({ hash, view: modal({ title: plain('Second') }) })).toMatchObject({ ok: true });

    expect(workspace.modal('alice')?.given.title).toEqual(plain('Second'));
    expect(await refusalOf(update({ hash }))).toMatchObject({ error: 'hash_conflict' });
    expect(await refusalOf(update({ view_id: 'V0UNKNOWN0' }))).toMatchObject({ error: 'not_found' });
  });

  it('stacks three modals and no fourth, and pushes onto nothing not at all', async () => {
    const push = async () => call('views.push', { trigger_id: await trigger(), view: modal() });
    expect(await refusalOf(push())).toMatchObject({ error: 'not_found' });
    await open(modal());

    await push();
    await push();

    expect(await refusalOf(push())).toMatchObject({ error: 'push_limit_reached' });
  });

  it('publishes a Home tab to a person, and to nobody who is none', async () => {
    const publish = (user_id: string, view: object = { type: 'home', blocks: [] }) =>
      call('views.publish', { user_id, view });

    expect(await publish(workspace.people.alice.id)).toMatchObject({ ok: true });
    expect(workspace.home('alice')).toMatchObject({ type: 'home', blocks: [] });
    expect(await refusalOf(publish(workspace.bot))).toMatchObject({ error: 'user_not_found' });
    expect(await refusalOf(publish(workspace.people.alice.id, modal()))).toMatchObject({ error: 'invalid_arguments' });
  });
});
