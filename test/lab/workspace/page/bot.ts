import type { App } from '@slack/bolt';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { startSocketApp } from '../bolt-app.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });
const pods = ['shop/checkout', 'shop/cart', 'pay/api'].map((name) => ({ text: plain(name), value: name }));

const modal = {
  type: 'modal' as const,
  callback_id: 'check',
  title: plain('Check a pod'),
  submit: plain('Check'),
  blocks: [
    { type: 'section' as const, text: mrkdwn('Finds where the *IPv6* path breaks.') },
    {
      type: 'input' as const,
      block_id: 'pod',
      label: plain('Pod'),
      hint: plain('Begin with its namespace'),
      element: { type: 'external_select' as const, action_id: 'pod', min_query_length: 2 },
    },
    {
      type: 'input' as const,
      block_id: 'to',
      optional: true,
      label: plain('Destination'),
      element: { type: 'plain_text_input' as const, action_id: 'to' },
    },
    {
      type: 'input' as const,
      block_id: 'cluster',
      label: plain('Cluster'),
      element: { type: 'static_select' as const, action_id: 'cluster', options: pods.slice(0, 1) },
    },
  ],
};

/** Everything that the product is said to do one day, so that the page is tried with it today. */
export function startBot(workspace: LabWorkspace, heard: unknown[]): Promise<App> {
  return startSocketApp(workspace, (bolt) => {
    bolt.command('/ipv6check', async ({ ack, command, client }) => {
      if (command.text === 'silence') return;
      await ack({
        response_type: 'ephemeral',
        text: `Heard \`${command.text}\` at <!date^1772409600^{date_num} {time}|then>`,
      });
      if (command.text === 'modal') await client.views.open({ trigger_id: command.trigger_id, view: modal });
    });
    bolt.options('pod', ({ ack, payload }) =>
      ack({ options: pods.filter(({ value }) => value.startsWith(payload.value)) }),
    );
    bolt.view('check', async ({ ack, view }) => {
      heard.push(view.state.values);
      await ack();
    });
    bolt.action('go', async ({ ack, body }) => {
      await ack();
      heard.push(body.user.id);
    });
    bolt.event('app_home_opened', async ({ event, client }) => {
      const blocks = [{ type: 'header' as const, text: plain('Open exceptions') }];
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
    });
  });
}

/** A card as the product's are, with everything that blocks can hold. */
export const card = [
  { type: 'header', text: plain('🔴 Broken: shop/checkout') },
  {
    type: 'section',
    text: mrkdwn('*Policy is not the cause.* `a &lt;b&gt;` <https://a.example|link> <!subteam^S0APPROVER>'),
  },
  { type: 'section', fields: [mrkdwn('*one*'), plain('two')] },
  {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'default via <fe80::1>' }] }],
  },
  { type: 'divider' },
  { type: 'context', elements: [mrkdwn('cluster `lab`'), mrkdwn('asked by <@U0LABALICE>')] },
  {
    type: 'actions',
    block_id: 'choice',
    elements: [
      {
        type: 'button',
        action_id: 'go',
        text: plain('Apply'),
        style: 'primary',
        confirm: { title: plain('Apply?'), text: mrkdwn('It *opens*'), confirm: plain('Yes'), deny: plain('Not now') },
      },
      { type: 'button', action_id: 'dead', text: plain('Reject'), style: 'danger' },
      { type: 'static_select', action_id: 'pick', placeholder: plain('Pick one'), options: pods },
    ],
  },
];
