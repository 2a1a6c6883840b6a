import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Progress, progressReply } from '../../../src/slack/views/progress.ts';
import { aRemediation, aVerification, t0 } from '../../helpers/builders.ts';
import { hostileRemediation, hostileText } from '../../helpers/hostile.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

const kinds = [
  ...['applied', 'active', 'not-fixed', 'worse', 'expired', 'revoked', 'reverted', 'still-open', 'stuck', 'refused'],
  ...['failed', 'recovered'],
] as Progress[];
const remediation = aRemediation({
  ...{ id: 'rabcdefghijklmnopqrs', expiresAt: '2026-01-05T10:30:00.000Z' },
  log: [{ event: 'revoke', by: 'U0BOB', at: t0.toISOString(), note: '' }],
});

describe('slack/views/progress', () => {
  it('has a sentence for everything that can happen', () => {
    const said = Object.fromEntries(kinds.map((what) => [what, progressReply(remediation, what).text]));

    expect(said).toMatchInlineSnapshot(`
      {
        "active": "🟢 Active: the policy helps. It ends <!date^1767609000^{date_short_pretty} {time}|2026-01-05 10:30 UTC>.",
        "applied": "🟡 Applied. The failing probe runs again to see whether it helps.",
        "expired": "⚪ Expired: its time is over and it has been removed. A new connection is tried to prove it.",
        "failed": "⚪ Not applied: the attempt failed.",
        "not-fixed": "🟡 Not fixed: IPv6 still fails with the policy in place, so it is being removed.",
        "recovered": "🟡 The record of this policy was lost and has been read again from the policy itself. It ends <!date^1767609000^{date_short_pretty} {time}|2026-01-05 10:30 UTC>, as before. The probe runs again.",
        "refused": "⚪ Not applied.",
        "reverted": "⚪ Reverted: the cluster no longer has the policy, and new connections behave as without it. Connections that were made while it stood live on until they end.",
        "revoked": "⚪ Revoked by \`U0BOB\`: it has been removed. A new connection is tried to prove it.",
        "still-open": "🔴 Still open: the policy is gone, and new IPv6 connections succeed all the same. Something else admits them; look at the policies that select the pod.",
        "stuck": "🔴 Stuck: the policy could not be removed. It is tried again until it is gone. By hand: \`kubectl delete networkpolicy.networking.k8s.io ipv6check-rabcdefghijklmnopqrs -n shop\`",
        "worse": "🔴 Worse: IPv4 suffers from the policy, so it is being removed.",
      }
    `);
  });

  it('claims the proof of the end only when there is one', () => {
    const claiming = kinds.filter((what) => progressReply(remediation, what).text.includes('no longer has the policy'));

    expect(claiming).toEqual(['reverted']);
  });

  it.each`
    verification                                              | words
    ${aVerification(3, 2)}                                    | ${'Tried: IPv6 3 of 3 connects, IPv4 2 of 3.'}
    ${aVerification(0, 0, { ipv4: { connected: 0, of: 0 } })} | ${'Tried: IPv6 0 of 3 connects.'}
    ${aVerification(0, 0, { problem: 'the pod <is> gone' })}  | ${'Nothing could be tried: the pod &lt;is&gt; gone'}
  `('says what was tried: $words', ({ verification, words }) => {
    expect(progressReply(remediation, 'active', { verification }).text).toContain(words);
  });

  it.each`
    apiVersion                | kind                     | namespace    | command
    ${'networking.k8s.io/v1'} | ${'NetworkPolicy'}       | ${'shop'}    | ${'kubectl delete networkpolicy.networking.k8s.io n -n shop'}
    ${'projectcalico.org/v3'} | ${'GlobalNetworkPolicy'} | ${undefined} | ${'kubectl delete globalnetworkpolicy.projectcalico.org n'}
    ${'v1'}                   | ${'ConfigMap'}           | ${'shop'}    | ${'kubectl delete configmap n -n shop'}
  `('gives the command that removes a stuck $kind by hand', ({ apiVersion, kind, namespace, command }) => {
    const metadata = { name: 'n', ...(namespace === undefined ? {} : { namespace }) };
    const stuck = aRemediation({ manifest: { apiVersion, kind, metadata, spec: {} } });

    expect(progressReply(stuck, 'stuck').text).toContain(`\`${command}\``);
  });

  it('keeps to what Slack takes, and mentions and links nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        hostileRemediation,
        hostileText,
        hostileText,
        (what, hostile, detail, problem) => {
          const reply = progressReply(hostile, what, { detail, verification: aVerification(0, 3, { problem }) });
          expect(refusalsOf(reply)).toEqual([]);
          expect(tokensIn(reply)).toEqual([]);
        },
      ),
    );
  });
});
