import type { Message } from '../../ports.ts';
import { type EventName, nameIn, type Remediation } from '../../remediation/lifecycle.ts';
import type { Verification } from '../../remediation/verification.ts';
import { code, escapeTo, slackDate } from '../mrkdwn.ts';
import { section } from './blocks.ts';

export type Progress =
  | 'applied'
  | 'recovered'
  | 'active'
  | 'extended'
  | 'not-extended'
  | 'not-fixed'
  | 'worse'
  | 'expired'
  | 'revoked'
  | 'reverted'
  | 'still-open'
  | 'stuck'
  | 'refused'
  | 'failed';

/** What happened to a temporary policy, one reply each. Its end is only claimed by `reverted`, which has the proof. */
const sentences = {
  applied: () => '🟡 Applied. The failing probe runs again to see whether it helps.',
  recovered: ({ expiresAt }) =>
    `🟡 The record of this policy was lost and has been read again from the policy itself.${expiresAt === null ? '' : ` It ends ${slackDate(new Date(expiresAt))}, as before.`} The probe runs again.`,
  active: ({ expiresAt }) =>
    `🟢 Active: the policy helps.${expiresAt === null ? '' : ` It ends ${slackDate(new Date(expiresAt))}.`}`,
  extended: (remediation) =>
    `🟢 Extended${byWhom(remediation, 'extend')}: it ends ${slackDate(new Date(remediation.expiresAt ?? 0))}.`,
  'not-extended': () => '⚪ Not extended: it ends when it would have.',
  'not-fixed': () => '🟡 Not fixed: IPv6 still fails with the policy in place, so it is being removed.',
  worse: () => '🔴 Worse: IPv4 suffers from the policy, so it is being removed.',
  expired: () => '⚪ Expired: its time is over and it has been removed. A new connection is tried to prove it.',
  revoked: (remediation) =>
    `⚪ Revoked${byWhom(remediation, 'revoke')}: it has been removed. A new connection is tried to prove it.`,
  reverted: () =>
    '⚪ Reverted: the cluster no longer has the policy, and new connections behave as without it. Connections that were made while it stood live on until they end.',
  'still-open': () =>
    '🔴 Still open: the policy is gone, and new IPv6 connections succeed all the same. Something else admits them; look at the policies that select the pod.',
  stuck: (remediation) =>
    `🔴 Stuck: the policy could not be removed. It is tried again until it is gone. By hand: ${code(deletionOf(remediation))}`,
  refused: () => '⚪ Not applied.',
  failed: () => '⚪ Not applied: the attempt failed.',
} as const satisfies Record<Progress, (remediation: Remediation) => string>;

export function progressReply(
  remediation: Remediation,
  what: Progress,
  { verification, detail }: { readonly verification?: Verification; readonly detail?: string } = {},
): Message {
  const text = [
    sentences[what](remediation),
    ...(detail === undefined ? [] : [escapeTo(detail, 1_000)]),
    ...(verification === undefined ? [] : [tried(verification)]),
  ].join(' ');
  return { text, blocks: [section(text)] };
}

function byWhom(remediation: Remediation, what: EventName): string {
  const by = remediation.log.findLast(({ event }) => event === what)?.by;
  return by === undefined ? '' : ` by ${code(nameIn(remediation, by), 60)}`;
}

function tried({ ipv6, ipv4, problem }: Verification): string {
  if (problem !== null) return `Nothing could be tried: ${escapeTo(problem, 600)}`;
  const control = ipv4.of === 0 ? '' : `, IPv4 ${ipv4.connected} of ${ipv4.of}`;
  return `Tried: IPv6 ${ipv6.connected} of ${ipv6.of} connects${control}.`;
}

function deletionOf({ manifest: { kind, apiVersion, metadata } }: Remediation): string {
  const [group = '', version] = apiVersion.split('/');
  const resource = version === undefined ? kind : `${kind}.${group}`;
  const place = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`;
  return `kubectl delete ${resource.toLowerCase()} ${metadata.name}${place}`;
}
