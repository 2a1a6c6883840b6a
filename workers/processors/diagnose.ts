import type { Report } from '../../src/diagnosis/report.ts';
import { BotError } from '../../src/errors.ts';
import type { DiagnosePayload } from '../../src/jobs/diagnose.ts';
import type { Destination, Target } from '../../src/jobs/job.ts';
import { destinationText, targetText } from '../../src/jobs/request-text.ts';
import type { RunRecord } from '../../src/ports.ts';
import { checkingCard, problemCard, verdictCard } from '../../src/slack/views/card.ts';
import { brokenReply, passedReply } from '../../src/slack/views/evidence.ts';
import { refusalMessage } from '../../src/slack/views/refusal.ts';
import { persistently } from './persistently.ts';
import { type RunThreadDeps, runThread } from './run-thread.ts';
import type { Turn } from './turn.ts';

export interface DiagnoseRequest {
  readonly id: string;
  readonly target: Target;
  readonly destination: Destination | null;
}

export interface DiagnoseDeps extends RunThreadDeps {
  diagnose(request: DiagnoseRequest, signal: AbortSignal): Promise<Report>;
}

/** One check, from "Checking…" to the verdict. Safe to run twice: what was said is noted, what was found is kept. */
export function diagnoseProcessor(deps: DiagnoseDeps) {
  const { runs, diagnose, log } = deps;

  async function reportOf(payload: DiagnosePayload, signal: AbortSignal): Promise<Report> {
    const { requestId: id, target, destination } = payload;
    const known = await runs.loadReport(id);
    if (known) return known;
    const report = await diagnose({ id, target, destination }, signal);
    const isKept = await persistently(() => runs.saveReport(report), deps.persistence);
    if (!isKept) log.error({ runId: id }, 'report could not be stored');
    return report;
  }

  return async (payload: DiagnosePayload, { signal, isLast }: Turn): Promise<{ readonly outcome: string }> => {
    const { requestId: id } = payload;
    const run = (await runs.load(id)) ?? newRun(payload);
    const thread = runThread(deps, run);
    const requestedBy = run.askedBy ?? run.requestedBy;
    const shown = { id, target: targetText(payload.target), destination: destinationText(payload.destination) };
    await thread.begin(checkingCard({ ...shown, requestedBy }));

    let report: Report;
    try {
      report = await reportOf(payload, signal);
    } catch (error) {
      // A stopping process leaves its job to another one, and says nothing.
      if (signal.aborted) throw error;
      if (!isLast && !(error instanceof BotError && !error.retry)) throw error;
      const sentence = error instanceof BotError ? error.say : 'The check failed for a reason of its own; see its log.';
      log.warn({ err: error, runId: id }, 'check could not be made');
      const where = await thread.conclude(problemCard({ ...shown, requestedBy }, sentence), { isLast });
      if (where === 'card') await thread.tell(refusalMessage(sentence));
      return { outcome: error instanceof BotError ? error.code : 'crashed' };
    }

    await thread.conclude(verdictCard(report, { requestedBy }), { isLast });
    await thread.reply('broken', brokenReply(report), { isLast });
    await thread.reply('passed', passedReply(report), { isLast });
    return { outcome: report.verdict.outcome };
  };
}

function newRun({ requestId, channel, requestedBy }: DiagnosePayload): RunRecord {
  return { id: requestId, channel, requestedBy, responseUrl: null, cardTs: null, replies: {} };
}
