import type { ClickOutcome } from '../clicking.ts';
import type { Deed, Outcome } from '../page/protocol.ts';
import type { User } from '../people.ts';
import { isShape } from '../problems.ts';
import type { LabWorkspace } from '../workspace.ts';
import type { Lab } from './snapshot.ts';

const silence: Readonly<Record<string, string>> = {
  operation_timeout: 'The app did not respond within three seconds (operation_timeout).',
  dispatch_failed: 'The app could not be reached (dispatch_failed). Is it running?',
};

const problemOf = (outcome: ClickOutcome): Outcome =>
  outcome.delivered && !outcome.acknowledged ? { problem: silence[outcome.error] ?? outcome.error } : {};

async function press(workspace: LabWorkspace, me: User, deed: Deed & { kind: 'press' }): Promise<Outcome> {
  const { where, blockId, actionId, confirm, option, entries } = deed;
  const how = { ...(confirm === undefined ? {} : { confirm }), ...(option === undefined ? {} : { option }) };
  const control = { blockId, actionId };
  if (typeof where === 'object') return problemOf(await workspace.click(me, where, control, how));
  return problemOf(await workspace.clickInView(me, where, control, { ...how, ...(entries ? { entries } : {}) }));
}

async function submit(workspace: LabWorkspace, me: User, entries: Readonly<Record<string, string>>): Promise<Outcome> {
  const outcome = await workspace.submit(me, entries);
  if (!outcome.delivered) return { errors: outcome.errors };
  return outcome.result === 'trouble' ? { problem: 'We had some trouble connecting. Try again?' } : {};
}

async function suggest(workspace: LabWorkspace, me: User, deed: Deed & { kind: 'suggest' }): Promise<Outcome> {
  const suggested = await workspace.suggest(me, deed.where, deed.actionId, deed.query);
  if (!suggested.ok) {
    if (suggested.because === 'query too short') return { options: [] };
    return { problem: silence[suggested.because] ?? 'The options could not be loaded.', options: [] };
  }
  const options = suggested.options.map(({ text, value }) => {
    return { text: isShape(text) ? String(text.text) : '', value: String(value) };
  });
  return { options };
}

/** Does in the workspace what somebody did on the page. */
export async function perform({ workspace, reading }: Lab, me: User, deed: Deed): Promise<Outcome> {
  switch (deed.kind) {
    case 'say':
      workspace.say(me, deed.channel, deed.text, deed.threadTs);
      return {};
    case 'command':
      if (!workspace.directory.commands.some(({ command }) => command === deed.command)) {
        return { problem: `${deed.command} is not a valid command here.` };
      }
      // Slack's own word on a failure stands in the channel, for this person alone.
      await workspace.command(me, deed.channel, deed.text, deed.command);
      return {};
    case 'press':
      return press(workspace, me, deed);
    case 'suggest':
      return suggest(workspace, me, deed);
    case 'submit':
      return submit(workspace, me, deed.entries);
    case 'dismiss':
      await workspace.dismiss(me, { all: deed.all });
      return {};
    case 'home':
      workspace.openHome(me);
      return {};
    case 'read':
      reading.markRead(me, { channel: deed.channel, ts: deed.ts, threadTs: deed.threadTs ?? '' });
      return {};
  }
}
