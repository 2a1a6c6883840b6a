import type {
  AllMiddlewareArgs,
  App,
  BlockButtonAction,
  RespondArguments,
  SlackActionMiddlewareArgs,
} from '@slack/bolt';
import { BotError } from '../errors.ts';
import type { Message } from '../ports.ts';
import { approve } from './actions/approve.ts';
import { askForPolicy } from './actions/ask.ts';
import { extendPolicy, letPolicyGo } from './actions/extend.ts';
import { reject } from './actions/reject.ts';
import { revokePolicy } from './actions/revoke.ts';
import { runAgain } from './actions/run-again.ts';
import { handleCommand } from './commands/handle.ts';
import { type BotDeps, type Press, repeatSeconds } from './deps.ts';
import { approvalActions } from './views/approval.ts';
import { cardActions } from './views/card.ts';
import { refusalMessage } from './views/refusal.ts';
import { endingActions } from './views/reminder.ts';

type Listener = (deps: BotDeps, press: Press) => Promise<string | null>;

/** Which button is heard by whom. A sentence goes to the person who pressed; null means that the thread answers. */
const listeners: Readonly<Record<string, Listener>> = {
  [cardActions.again]: runAgain,
  [cardActions.ask]: (deps, press) => askForPolicy(deps, press, 'all'),
  [cardActions.askForDestination]: (deps, press) => askForPolicy(deps, press, 'destination'),
  [approvalActions.approve]: approve,
  [approvalActions.reject]: reject,
  [approvalActions.revoke]: (deps, press) => revokePolicy(deps, press, press.value),
  [endingActions.extend]: extendPolicy,
  [endingActions.letGo]: letPolicyGo,
};

/** Registers everything that the bot hears. */
export function listen(app: App, deps: BotDeps): void {
  app.command('/ipv6check', async ({ command, ack }) => {
    const { user_id: user, team_id: teamId, channel_id: channel, response_url: responseUrl } = command;
    const asker = { user, teamId, channel, responseUrl, triggerId: command.trigger_id, name: command.user_name };
    const answer = await handleCommand(deps, asker, command.text).catch((error: unknown) =>
      refusalMessage(sentenceFor(deps, error, { user, channel })),
    );
    await (answer ? ack(ephemeral(answer)) : ack());
  });

  for (const [actionId, listener] of Object.entries(listeners)) {
    app.action<BlockButtonAction>({ type: 'block_actions', action_id: actionId }, async (args) => {
      await args.ack();
      const press = pressOf(args);
      if (press) await answer(deps, press, listener);
    });
  }

  // What no listener could answer: an acknowledgement that came too late, a payload that Bolt does not know.
  app.error(async (error) => deps.log.error({ err: error }, 'event not handled'));
}

async function answer(deps: BotDeps, press: Press, listener: Listener): Promise<void> {
  const { user, channel, responseUrl, triggerId, actionId } = press;
  const sentence = await once(deps, `${triggerId}-${actionId}`, () => listener(deps, press)).catch((error: unknown) =>
    sentenceFor(deps, error, { user, channel, actionId }),
  );
  if (sentence === null) return;
  const told = await deps.threads.tell({ channel, user, responseUrl }, refusalMessage(sentence));
  if (!told.ok) deps.log.warn({ user, channel, actionId, reason: told.reason }, 'answer reached nobody');
}

async function once(deps: BotDeps, key: string, work: () => Promise<string | null>): Promise<string | null> {
  return (await deps.claims.claimOnce(`press-${key}`, repeatSeconds)) ? work() : null;
}

/** The one place where an error becomes words: what the catalogue says, and nothing of what it must not. */
function sentenceFor({ log }: BotDeps, error: unknown, where: Readonly<Record<string, string>>): string {
  if (error instanceof BotError) {
    log.warn({ err: error, ...where }, 'request refused');
    return error.say;
  }
  log.error({ err: error, ...where }, 'request failed');
  return 'This failed for a reason of its own; it is in the log of the bot.';
}

function pressOf({ body, action }: SlackActionMiddlewareArgs<BlockButtonAction> & AllMiddlewareArgs): Press | null {
  const { user, channel, container, trigger_id: triggerId, response_url: responseUrl } = body;
  if (!channel) return null;
  // A button of ours has one; whoever sends none gets the answer that an unknown one gets.
  const { action_id: actionId, value = '' } = action;
  const messageTs: unknown = container?.message_ts;
  return {
    ...{ user: user.id, teamId: user.team_id, channel: channel.id, responseUrl, actionId, value, triggerId },
    messageTs: typeof messageTs === 'string' ? messageTs : null,
    name: user.name ?? user.username,
  };
}

/** Without a type Slack shows it to that person alone too, but only by a default. */
function ephemeral({ text, blocks }: Message): RespondArguments {
  return { response_type: 'ephemeral', text, blocks } as RespondArguments; // views make Slack's JSON, their tests hold it to Slack's limits
}
