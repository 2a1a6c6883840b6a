import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { startSocketApp } from './bolt-app.ts';

let workspace: LabWorkspace;
let app: App;
let answer: object | undefined;
const heard: { type: string; values: unknown }[] = [];

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const cluster = { text: plain('Lab'), value: 'lab' };
const pod = { text: plain('shop/checkout'), value: 'shop/checkout' };
const view = (more: object = {}) => ({
  type: 'modal' as const,
  callback_id: 'check',
  title: plain('Check a pod'),
  submit: plain('Check'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'pod',
      label: plain('Pod'),
      element: { type: 'external_select' as const, action_id: 'pod', min_query_length: 1 },
    },
    {
      type: 'input' as const,
      block_id: 'to',
      optional: true,
      label: plain('Destination'),
      element: { type: 'plain_text_input' as const, action_id: 'to', min_length: 3, max_length: 5 },
    },
    {
      type: 'input' as const,
      block_id: 'cluster',
      label: plain('Cluster'),
      element: { type: 'static_select' as const, action_id: 'cluster', options: [cluster], initial_option: cluster },
    },
  ],
  ...more,
});

beforeEach(async () => {
  heard.length = 0;
  answer = undefined;
  workspace = await startWorkspace();
  app = await startSocketApp(workspace, (bolt) => {
    bolt.command('/ipv6check', async ({ ack, client, command }) => {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: view(JSON.parse(command.text || '{}')) });
    });
    bolt.options('pod', ({ ack }) => ack({ options: [pod] }));
    bolt.view('check', async ({ ack, body }) => {
      heard.push({ type: body.type, values: body.view.state.values });
      await (answer ? ack(answer as never) : ack()); // some of the answers are none that the types allow
    });
    bolt.view({ callback_id: 'check', type: 'view_closed' }, async ({ ack, body }) => {
      heard.push({ type: body.type, values: body.view.state.values });
      await ack();
    });
  });
});

afterEach(async () => {
  await app.stop();
  await workspace.close();
});

async function open(more = '') {
  await workspace.command('alice', 'incidents', more);
  await workspace.waitFor(() => workspace.modal('alice'));
}

/** Opened, and the pod found by typing. */
async function filled() {
  await open();
  await workspace.suggest('alice', 'modal', 'pod', 'ch');
  return { pod: 'shop/checkout' };
}

describe('lab/workspace/modals', () => {
  it('shows a modal to the person who opened it, and to nobody else', async () => {
    await open();

    expect(workspace.modal('alice')).toMatchObject({ type: 'modal', blocks: [{ block_id: 'pod' }, {}, {}] });
    expect(workspace.modal('bob')).toBeUndefined();
  });

  it('keeps a submission back while a required field is empty', async () => {
    await open();

    const outcome = await workspace.submit('alice', { to: 'abc' });

    expect(outcome).toEqual({ delivered: false, errors: { pod: 'Please complete this required field.' } });
    expect(heard).toEqual([]);
    expect(workspace.modal('alice')).toBeDefined();
  });

  it.each`
    text        | problem
    ${'ab'}     | ${'at least 3'}
    ${'abcdef'} | ${'5 characters or fewer'}
  `('keeps back "$text", which has the wrong length', async ({ text, problem }) => {
    const entries = await filled();

    const outcome = await workspace.submit('alice', { ...entries, to: text });

    expect(outcome).toMatchObject({ delivered: false, errors: { to: expect.stringContaining(problem) } });
  });

  it('delivers what was entered by block and action, nothing as null, and closes', async () => {
    const outcome = await workspace.submit('alice', await filled());

    expect(outcome).toMatchObject({ delivered: true, result: 'closed' });
    expect(heard).toEqual([
      {
        type: 'view_submission',
        values: {
          pod: { pod: { type: 'external_select', selected_option: pod } },
          to: { to: { type: 'plain_text_input', value: null } },
          cluster: { cluster: { type: 'static_select', selected_option: cluster } },
        },
      },
    ]);
    expect(workspace.modal('alice')).toBeUndefined();
  });

  it('takes only an option that this person was offered', async () => {
    await open();

    await expect(workspace.submit('alice', { pod: 'kube-system/etcd' })).rejects.toThrow('offers no option');
    expect(heard).toEqual([]);
  });

  it('shows the errors that the app answers with, under their inputs', async () => {
    const entries = await filled();
    answer = { response_action: 'errors', errors: { pod: 'That pod is gone' } };

    expect(await workspace.submit('alice', entries)).toMatchObject({ result: 'errors' });
    expect(workspace.modal('alice')?.errors).toEqual({ pod: 'That pod is gone' });
  });

  it.each([
    { what: 'errors of a block that is no input', given: { response_action: 'errors', errors: { nowhere: 'Wrong' } } },
    { what: 'an update that is no view', given: { response_action: 'update', view: { type: 'modal', blocks: [] } } },
    { what: 'an action that does not exist', given: { response_action: 'dance' } },
  ])('says that there was trouble, and changes nothing, on $what', async ({ given }) => {
    const entries = await filled();
    const before = workspace.modal('alice');
    answer = given;

    expect(await workspace.submit('alice', entries)).toMatchObject({ result: 'trouble' });
    expect(workspace.modal('alice')).toEqual(before);
  });

  it('updates, and stacks three high at most', async () => {
    const entries = await filled();
    const next = { type: 'modal', callback_id: 'check', title: plain('Next'), submit: plain('On'), blocks: [] };
    answer = { response_action: 'update', view: next };
    expect(await workspace.submit('alice', entries)).toMatchObject({ result: 'updated' });
    const first = workspace.modal('alice')!;
    answer = { response_action: 'push', view: next };

    const results = [];
    for (let count = 0; count < 3; count += 1) results.push(await workspace.submit('alice', {}));

    expect(results).toMatchObject([{ result: 'pushed' }, { result: 'pushed' }, { result: 'trouble' }]);
    expect(workspace.modal('alice')).toMatchObject({ rootId: first.id });
    answer = { response_action: 'clear' };
    await workspace.submit('alice', {});
    expect(workspace.modal('alice')).toBeUndefined();
  });

  it('tells the app of a cancelled modal only if it asked to hear of it', async () => {
    await open();
    await workspace.dismiss('alice');
    await open('{"notify_on_close": true}');
    await workspace.dismiss('alice');

    expect(workspace.modal('alice')).toBeUndefined();
    expect(heard).toMatchObject([{ type: 'view_closed' }]);
  });
});
