import type { Refusal } from '../content.ts';
import type { Channel, Directory } from '../people.ts';
import type { Shape } from '../problems.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** One Web API method: the fields of its answer beside `ok`, or a MethodError. */
export type Method = (args: Shape) => Answer;
export type Methods = Readonly<Record<string, Method>>;

export class MethodError extends Error {
  readonly messages: readonly string[];

  constructor({ error, messages = [] }: Refusal) {
    super(error);
    this.messages = messages;
  }
}

export const refuse = (error: string): never => {
  throw new MethodError({ error });
};

/** A required text argument; Slack calls an absent one invalid_arguments and names it. */
export function required(args: Shape, name: string): string {
  const value = args[name];
  if (value === undefined || value === '') {
    throw new MethodError({ error: 'invalid_arguments', messages: [`[ERROR] missing required field: ${name}`] });
  }
  return String(value);
}

/** A channel that the bot may at least know of: a private one that it is not in does not exist for it. */
export function visibleChannel(directory: Directory, id: string): Channel {
  const channel = directory.channel(id);
  if (!channel || (channel.kind !== 'public' && !channel.members.has(directory.bot.id))) {
    return refuse('channel_not_found');
  }
  return channel;
}

/** A channel that the bot may write to. */
export function writableChannel(directory: Directory, id: string): Channel {
  const channel = visibleChannel(directory, id);
  if (channel.archived) return refuse('is_archived');
  if (!channel.members.has(directory.bot.id)) return refuse('not_in_channel');
  return channel;
}
