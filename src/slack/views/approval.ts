import { stringify } from 'yaml';
import type { Message } from '../../ports.ts';
import { nameIn, type Remediation, type State } from '../../remediation/lifecycle.ts';
import { code, escapeTo, plainTo, slackDate } from '../mrkdwn.ts';
import { actions, type Block, type Button, context, header, preformatted, section } from './blocks.ts';
import { asDetailedAsFits, type Detail, firstOf } from './fit.ts';

export const approvalActions = { approve: 'approve_policy', reject: 'reject_policy', revoke: 'revoke_policy' } as const;

export interface Effect {
  readonly opens: readonly string[];
  readonly staysShut: readonly string[];
}

/** A mention is the one thing here that notifies, so it is drawn by this card and by no other. */
export function callFor(approverGroup: string): string {
  return /^S[A-Z0-9]+$/.test(approverGroup) ? `<!subteam^${approverGroup}>: please decide.` : '';
}

/** Shows the manifest, because people approve what they can read; the buttons carry the id and nothing else. */
export function approvalCard(
  remediation: Remediation,
  { approverGroup, ...effect }: Effect & { readonly approverGroup?: string },
): Message {
  const { id, subject, ttlMinutes, lapsesAt } = remediation;
  const pod = `${subject.namespace}/${subject.pod}`;
  const title = `Temporary policy proposed for ${pod}, ${ttlMinutes} minutes`;
  const mention = approverGroup === undefined ? '' : callFor(approverGroup);

  return asDetailedAsFits((detail) => ({
    text: escapeTo(title, 300),
    blocks: [
      header(title),
      section(
        `${mention} Somebody other than who checked and who asked decides before ${slackDate(new Date(lapsesAt))}.`.trim(),
      ),
      ...contents(remediation, effect, detail),
      context(...origin(remediation)),
      actions(
        {
          label: 'Apply',
          actionId: approvalActions.approve,
          value: id,
          style: 'primary',
          confirm: {
            title: 'Apply this policy?',
            text: `It opens IPv6 egress of ${remediation.pods.length} ${remediation.pods.length === 1 ? 'pod' : 'pods'} in ${subject.namespace} for ${ttlMinutes} minutes, in your name.`,
            yes: 'Apply',
            no: 'Not now',
          },
        },
        { label: 'Reject', actionId: approvalActions.reject, value: id },
      ),
    ],
  }));
}

const stateWords = {
  proposed: '⚪ Proposed',
  approved: '🟡 Approved, being applied',
  verifying: '🟡 Applied, being tried',
  active: '🟢 Active',
  reverting: '🟡 Ending',
  stuck: '🔴 Stuck: it could not be ended',
  reverted: '⚪ Ended: reverted and proved',
  rejected: '⚪ Rejected',
  lapsed: '⚪ Lapsed: nobody decided in time',
  failed: '⚪ Not applied',
} as const satisfies Record<State, string>;

/** The same card in any later state, with no button that would do nothing. */
export function decidedCard(remediation: Remediation, effect: Effect): Message {
  const { id, state, subject, expiresAt } = remediation;
  const title = `Temporary policy for ${subject.namespace}/${subject.pod}`;
  const until = expiresAt !== null && isStanding(state) ? ` It ends ${slackDate(new Date(expiresAt))}.` : '';

  return asDetailedAsFits((detail) => ({
    text: escapeTo(`${title}: ${stateWords[state]}`, 300),
    blocks: [
      header(title),
      section(`*${stateWords[state]}.*${until}`),
      ...contents(remediation, effect, detail),
      context(...origin(remediation)),
      ...(remediation.log.length > 0 ? [context(firstOf(history(remediation), 12).join('\n'))] : []),
      ...(isStanding(state) ? [actions(revoke(id, subject.namespace))] : []),
    ],
  }));
}

const isStanding = (state: State): boolean => state === 'verifying' || state === 'active';

export function revoke(id: string, namespace: string): Button {
  return {
    label: 'Revoke',
    actionId: approvalActions.revoke,
    value: id,
    style: 'danger',
    confirm: {
      title: 'Revoke this policy?',
      text: `It is removed from ${namespace} now, and a new connection shows that it is gone.`,
      yes: 'Revoke',
      no: 'Keep it',
    },
  };
}

function contents(
  { pods, manifest }: Remediation,
  { opens, staysShut }: Effect,
  { lines, lineLength }: Detail,
): Block[] {
  const short = (entries: readonly string[], mark: string): string =>
    firstOf(
      entries.map((entry) => `${mark} ${escapeTo(entry, Math.min(lineLength, 200))}`),
      Math.min(lines, 8),
    ).join('\n');
  const names = firstOf(
    pods.map((pod) => code(pod, 80)),
    Math.min(lines, 12),
  ).join(', ');
  const yaml = stringify(manifest).trimEnd().split('\n');
  // The manifest is what is approved, so it is the last to be shortened.
  const manifestLines = firstOf(yaml, Math.max(lines * 8, 40)).map((line) => plainTo(line, Math.max(lineLength, 160)));
  return [
    section(`*Pods it selects: ${pods.length}*\n${names === '' ? 'none now' : names}`),
    ...(opens.length > 0 ? [section(`*Opens*\n${short(opens, '•')}`)] : []),
    ...(staysShut.length > 0 ? [section(`*Stays shut*\n${short(staysShut, '•')}`)] : []),
    preformatted(manifestLines.join('\n')),
  ];
}

function origin(remediation: Remediation): string[] {
  const { id, cluster, manifestHash, requestedBy, proposedAt } = remediation;
  return [
    `cluster ${code(cluster, 63)}`,
    `policy ${code(id, 40)}`,
    `manifest ${code(manifestHash.slice(0, 12))}`,
    `asked for by ${code(nameIn(remediation, requestedBy), 60)}`,
    slackDate(new Date(proposedAt)),
  ];
}

function history(remediation: Remediation): string[] {
  return remediation.log.map(({ event, by, at }) => {
    return `${slackDate(new Date(at))} ${escapeTo(event, 30)} by ${code(nameIn(remediation, by), 60)}`;
  });
}
