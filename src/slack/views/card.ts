import type { Report } from '../../diagnosis/report.ts';
import type { Message } from '../../ports.ts';
import { code, escapeTo, plainTo, slackDate } from '../mrkdwn.ts';
import { actions, type Block, type Button, context, header, preformatted, section } from './blocks.ts';
import { limits } from './limits.ts';
import { policySentences, verdictWords } from './marks.ts';
import { pathStrip, waitingStrip } from './strip.ts';

export const cardActions = {
  again: 'run_again',
  ask: 'ask_for_policy',
  askForDestination: 'ask_for_destination',
} as const;

/** As much of a run as its cards show. */
export interface ShownRun {
  readonly id: string;
  readonly target: string;
  readonly destination: string | null;
  readonly requestedBy: string;
}

const again = (id: string): Button => ({ label: 'Run again', actionId: cardActions.again, value: id });

const askedBy = (who: string): string => `asked by ${code(who, 60)}`;

const whereTo = (target: string, destination: string | null): string =>
  destination === null ? target : `${target} to ${destination}`;

export function checkingCard({ id, target, destination, requestedBy }: ShownRun): Message {
  const what = whereTo(target, destination);
  return {
    text: `Checking ${escapeTo(what, limits.fallbackText)}`,
    blocks: [
      header(`Checking… ${what}`),
      section(waitingStrip()),
      context(`run ${code(id, 60)}`, askedBy(requestedBy)),
    ],
  };
}

export function problemCard({ id, target, destination, requestedBy }: ShownRun, sentence: string): Message {
  const what = whereTo(target, destination);
  return {
    text: `Not checked: ${escapeTo(what, 300)}. ${escapeTo(sentence, limits.fallbackText)}`,
    blocks: [
      header(`⚪ Not checked: ${what}`),
      section(escapeTo(sentence, limits.sectionText)),
      context(`run ${code(id, 60)}`, askedBy(requestedBy)),
      actions(again(id)),
    ],
  };
}

/** The run's answer: where the path breaks, whether a policy is the cause, what to do. */
export function verdictCard(report: Report, { requestedBy }: { readonly requestedBy: string }): Message {
  const { id, request, subject, verdict, remediation } = report;
  const pod = subject.pod === '' ? request.target : `${subject.namespace}/${subject.pod}`;
  const title = `${verdictWords[verdict.outcome]}: ${whereTo(pod, request.destination)}`;

  return {
    text: `${escapeTo(title, 300)}. ${escapeTo(verdict.summary, limits.fallbackText)}`,
    blocks: [
      header(title),
      ...explanation(report),
      ...filled(pathStrip(report.path, 2_000)),
      ...advice(report),
      context(...origin(report, requestedBy)),
      actions(again(id), ...(remediation.offered ? offers(report) : [])),
    ],
    metadata: { eventType: 'ipv6check_report', payload: { id } },
  };
}

/** Where a destination was named, that one alone comes first: a hole should be no wider than its purpose. */
function offers({ id, request }: Report): Button[] {
  const all: Button = { label: 'Ask for a temporary policy', actionId: cardActions.ask, value: id };
  if (request.destination === null) return [all];
  return [
    { label: 'Ask to open this destination', actionId: cardActions.askForDestination, value: id },
    { ...all, label: 'Ask to open all IPv6' },
  ];
}

/** Slack refuses a whole message for one empty text. */
const filled = (text: string): Block[] => (text === '' ? [] : [section(text)]);

function explanation({ verdict, remediation }: Report): Block[] {
  const sentence = policySentences[verdict.policyIsCause];
  // The summary may say it already; it stands on a line of its own.
  const summary = escapeTo(verdict.summary.replace(sentence, '').replace(/ {2,}/g, ' '), 2_000);
  const isSaid = verdict.outcome !== 'reachable';
  const unseen = verdict.notLookedAt.map((what) => escapeTo(what, 200));
  const refused = verdict.policyIsCause === 'yes' && !remediation.offered ? remediation.refusal : null;
  return [
    ...filled(summary.trim()),
    ...(isSaid ? [section(`*${sentence}*`)] : []),
    ...(refused === null ? [] : [section(`No temporary policy is offered: ${escapeTo(refused, 600)}`)]),
    ...(unseen.length > 0 ? [section(`🟡 Not looked at: ${within(unseen, 1_000)}`)] : []),
  ];
}

/** The fix of the finding that is the cause; the thread has the others. */
function advice({ verdict, findings }: Report): Block[] {
  if (verdict.outcome !== 'broken') return [];
  const fixed = findings.find(({ outcome, stage, fix }) => outcome === 'fail' && stage === verdict.stage && fix);
  const fix = plainTo(fixed?.fix ?? '', 2_000);
  return fix.trim() === '' ? [] : [section('*What can be done*'), preformatted(fix)];
}

function origin({ id, endedAt, request, subject, verdict, cost }: Report, requestedBy: string): string[] {
  return [
    `cluster ${code(request.cluster, 63)}`,
    ...(subject.node === null ? [] : [`node ${code(subject.node, 253)}`]),
    ...(verdict.cause === null ? [] : [`cause ${code(verdict.cause, 80)}`]),
    `run ${code(id, 60)}`,
    askedBy(requestedBy),
    `${slackDate(new Date(endedAt))}, ${(cost.totalMs / 1_000).toFixed(1)} s`,
  ];
}

/** A list in one line, shortened by whole entries. */
export function within(entries: readonly string[], max: number): string {
  const shown: string[] = [];
  for (const entry of entries) {
    if (shown.join(', ').length + entry.length + 2 > max) break;
    shown.push(entry);
  }
  const left = entries.length - shown.length;
  return left > 0 ? `${shown.join(', ')} … ${left} more` : shown.join(', ');
}
