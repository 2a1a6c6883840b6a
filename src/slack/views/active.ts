import type { Message } from '../../ports.ts';
import type { Remediation } from '../../remediation/lifecycle.ts';
import { code, slackDate } from '../mrkdwn.ts';
import { section } from './blocks.ts';
import { asDetailedAsFits, firstOf } from './fit.ts';

/** Temporary policies that stand or wait for a decision, soonest end first. */
export function activeMessage(open: readonly Remediation[]): Message {
  if (open.length === 0) {
    const none = 'There is no temporary policy that you could see.';
    return { text: none, blocks: [section(none)] };
  }
  const entries = open.toSorted((a, b) => endOf(a).localeCompare(endOf(b))).map(entry);
  return asDetailedAsFits(({ findings }) => ({
    text: `${open.length} temporary ${open.length === 1 ? 'policy' : 'policies'}`,
    // One section each keeps a long list within the limit of one text.
    blocks: firstOf(entries, findings).map(section),
  }));
}

const endOf = ({ expiresAt, lapsesAt }: Remediation): string => expiresAt ?? lapsesAt;

function entry(remediation: Remediation): string {
  const { id, cluster, subject, state, expiresAt } = remediation;
  const end = slackDate(new Date(endOf(remediation)));
  const when = expiresAt === null ? `decision by ${end}` : `ends ${end}`;
  return `${code(id, 40)}  ${state}  ${code(`${cluster}:${subject.namespace}/${subject.pod}`)}  ${when}`;
}
