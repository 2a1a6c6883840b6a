import type { Message } from '../../ports.ts';
import type { Remediation } from '../../remediation/lifecycle.ts';
import { code, escapeTo, slackDate } from '../mrkdwn.ts';
import { callFor } from './approval.ts';
import { actions, section } from './blocks.ts';

export const endingActions = { extend: 'extend_policy', letGo: 'let_policy_go' } as const;

/** The second and last call; and what to do when nobody of the group is there. */
export function reminderMessage({ lapsesAt, subject }: Remediation, approverGroup: string | null): Message {
  const call = approverGroup === null ? '' : `${callFor(approverGroup)} `;
  const pod = code(`${subject.namespace}/${subject.pod}`, 330);
  const text = `${call}Nobody has decided yet about the temporary policy for ${pod}. The proposal lapses ${slackDate(new Date(lapsesAt))}; until then its manifest above can be applied by hand as well.`;
  return {
    text: escapeTo(`Nobody has decided yet about the policy for ${subject.namespace}/${subject.pod}`, 600),
    blocks: [section(text)],
  };
}

/** Asked in time, so that nobody is surprised by the end; a longer life takes a second person again. */
export function endingCard({ id, subject, expiresAt, ttlMinutes }: Remediation): Message {
  const pod = `${subject.namespace}/${subject.pod}`;
  const end = slackDate(new Date(expiresAt ?? 0));
  return {
    text: escapeTo(`The temporary policy for ${pod} ends soon`, 600),
    blocks: [
      section(
        `The temporary policy for ${code(pod, 330)} ends ${end}. Somebody other than who asked and who checked can extend it.`,
      ),
      actions(
        {
          label: `Extend by ${ttlMinutes} minutes`,
          actionId: endingActions.extend,
          value: id,
          confirm: {
            title: 'Extend this policy?',
            text: `It stays in ${subject.namespace} for ${ttlMinutes} minutes more at most, in your name.`,
            yes: 'Extend',
            no: 'Not now',
          },
        },
        { label: 'Let it go', actionId: endingActions.letGo, value: id },
      ),
    ],
  };
}

/** What the question becomes once it is answered: no button that would do nothing. */
export function answeredCard({ subject, expiresAt }: Remediation, by: string, isExtended: boolean): Message {
  const end = slackDate(new Date(expiresAt ?? 0));
  const what = isExtended ? `Extended by ${code(by, 60)}` : `${code(by, 60)} lets it go`;
  const text = `${what}: the temporary policy for ${code(`${subject.namespace}/${subject.pod}`, 330)} ends ${end}.`;
  return {
    text: escapeTo(`The temporary policy for ${subject.namespace}/${subject.pod}`, 600),
    blocks: [section(text)],
  };
}
