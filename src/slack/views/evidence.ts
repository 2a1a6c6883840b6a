import type { Finding, Report } from '../../diagnosis/report.ts';
import type { Message } from '../../ports.ts';
import { escapeTo, plain, plainTo } from '../mrkdwn.ts';
import { type Block, context, preformatted, section } from './blocks.ts';
import { asDetailedAsFits, type Detail, firstOf } from './fit.ts';
import { findingWords } from './marks.ts';

const isPassed = ({ outcome }: Finding): boolean => outcome === 'pass';
const isUnseen = ({ outcome }: Finding): boolean => outcome === 'unknown' || outcome === 'crashed';

/** What is not green, with what was seen and what can be done; null when everything is. */
export function brokenReply({ findings }: Report): Message | null {
  const red = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'inconclusive');
  if (red.length === 0) return null;

  return asDetailedAsFits((detail) => {
    const shown = red.slice(0, detail.findings);
    return {
      text: escapeTo(`Not green: ${red.map(({ title }) => title).join('; ')}`, 600),
      blocks: [...shown.flatMap((finding) => evidenceOf(finding, detail)), ...leftOut(red.length - shown.length)],
    };
  });
}

function evidenceOf({ title, outcome, summary, facts, fix }: Finding, { lines, lineLength }: Detail): Block[] {
  const seen = firstOf(
    facts.map((fact) => plainTo(fact.replaceAll('\n', ' '), lineLength)).filter((fact) => fact !== ''),
    lines,
  );
  // A command that is cut would be another command: it is shown whole or pointed at.
  const repair = plain(fix ?? '');
  const isWhole = repair.length <= lines * lineLength;
  return [
    section(
      `*${findingWords[outcome]}: ${escapeTo(title, Math.min(lineLength, 300))}*\n${escapeTo(summary, lineLength * 2)}`,
    ),
    ...(seen.length > 0 ? [preformatted(seen.join('\n'))] : []),
    ...(repair.trim() !== '' && isWhole ? [preformatted(repair)] : []),
    ...(isWhole ? [] : [context('The fix is too long for Slack; the report has it.')]),
  ];
}

/** What passed and what could not be looked at; null when there is neither. */
export function passedReply({ findings, verdict }: Report): Message | null {
  const passed = findings.filter(isPassed);
  const unseen = findings.filter(isUnseen);
  const { notLookedAt } = verdict;
  if (passed.length === 0 && unseen.length === 0 && notLookedAt.length === 0) return null;

  return asDetailedAsFits(({ findings: most, lines, lineLength }) => ({
    text: `${passed.length} passed, ${unseen.length} could not be judged`,
    blocks: [
      ...passed.slice(0, most).map(({ title, summary }) => line(`${findingWords.pass}: ${title}`, summary, lineLength)),
      ...leftOut(passed.length - most),
      ...unseen.slice(0, most).map(({ title, summary, facts, outcome }) => {
        const why = facts.slice(0, Math.min(lines, 5)).join('; ');
        return line(`${findingWords[outcome]}: ${title}`, why === '' ? summary : `${summary} ${why}`, lineLength);
      }),
      ...leftOut(unseen.length - most),
      ...(notLookedAt.length > 0
        ? [section(`🟡 Not looked at\n${listOf(notLookedAt, Math.min(lines, 10), lineLength)}`)]
        : []),
    ],
  }));
}

function line(title: string, summary: string, lineLength: number): Block {
  return context(`*${escapeTo(title, Math.min(lineLength, 300))}* ${escapeTo(summary, lineLength)}`);
}

function listOf(entries: readonly string[], lines: number, lineLength: number): string {
  return firstOf(
    entries.map((entry) => escapeTo(`• ${entry.replaceAll('\n', ' ')}`, Math.min(lineLength, 250))),
    lines,
  ).join('\n');
}

function leftOut(count: number): Block[] {
  return count > 0 ? [context(`… ${count} more`)] : [];
}
