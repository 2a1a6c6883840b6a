import { runCli } from './product.ts';
import type { Session } from './session.ts';
import type { Message } from './workspace/messages.ts';

export interface Answer {
  readonly card: Message | null;
  readonly thread: readonly Message[];
  readonly report: unknown;
  /** What the person alone was told, when there is no card. */
  readonly ephemeral: string | null;
}

const reportIdOf = (message: Message): string | undefined => {
  if (message.metadata?.event_type !== 'ipv6check_report') return undefined;
  const { id } = message.metadata.event_payload;
  return typeof id === 'string' ? id : undefined;
};

/** Types a line as a person does and waits for its verdict, or for the refusal that this person alone sees. */
export async function ask(session: Session, line: string, who = 'alice', channel = 'incidents'): Promise<Answer> {
  const { workspace } = session;
  const [command = '/ipv6check', ...words] = line.trim().split(/\s+/);
  const before = new Set(workspace.messages(channel).map(({ ts }) => ts));
  const toldBefore = workspace.ephemerals(who).length;
  const outcome = await workspace.command(who, channel, words.join(' '), command);
  if (outcome.response) return { card: null, thread: [], report: null, ephemeral: outcome.response.text };

  const card = await workspace.waitFor(() => {
    const judged = workspace.messages(channel).find((message) => !before.has(message.ts) && reportIdOf(message));
    if (judged) return judged;
    return workspace.ephemerals(who).length > toldBefore ? 'refused' : undefined;
  }, 60_000);
  if (card === 'refused') {
    return { card: null, thread: [], report: null, ephemeral: workspace.ephemerals(who).at(-1)?.text ?? '' };
  }

  const id = reportIdOf(card) ?? '';
  const { code, stdout, stderr } = await runCli(['report', id, '-o', 'json'], session.env);
  if (code !== 0) throw new Error(`the report ${id} cannot be read: ${stderr}`);
  await workspace.waitFor(() => workspace.thread(channel, card.ts).length > 1, 10_000).catch(() => undefined);
  const replies = workspace.thread(channel, card.ts).filter(({ ts }) => ts !== card.ts);
  return { card: workspace.current(card) ?? card, thread: replies, report: JSON.parse(stdout), ephemeral: null };
}
