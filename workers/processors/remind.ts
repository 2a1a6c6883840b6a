import type { StepPayload } from '../../src/jobs/remediate.ts';
import { endingCard, reminderMessage } from '../../src/slack/views/reminder.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';
import type { Turn } from './turn.ts';

export interface RemindDeps extends DeskDeps {
  readonly approverGroup: string | null;
}

const reminderMs = 5 * 60_000;

/** How long after its proposal a decision is asked for again. */
export const untilSecondCall = reminderMs;

/** Five minutes before the end; at once where less is left. */
export function untilReminder(remainingMs: number): number {
  return Math.max(0, remainingMs - reminderMs);
}

/** Calls for a decision a second time and never a third; asks before the end whether it is needed for longer. */
export function remindProcessor(deps: RemindDeps) {
  const desk = remediationDesk(deps);
  const { clock, approverGroup } = deps;

  return async ({ remediationId, version }: StepPayload, _turn: Turn): Promise<void> => {
    const remediation = await desk.load(remediationId);
    if (!remediation) return;
    const { state, expiresAt } = remediation;
    if (state === 'proposed') return desk.say(remediation, 'reminder', reminderMessage(remediation, approverGroup));
    // An extension brings a reminder of its own, under the version that it made.
    if (state !== 'active' || expiresAt === null || version !== remediation.version) return;
    if (new Date(expiresAt) > clock.now()) await desk.say(remediation, `ending ${version}`, endingCard(remediation));
  };
}
