import fc from 'fast-check';
import type { Report } from '../../src/diagnosis/report.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { Remediation as RemediationSchema } from '../../src/remediation/lifecycle.ts';
import { aRemediation, aReport } from './builders.ts';

const tricks = [
  ...['<!channel>', '<!here|x>', '<@U0BOSS>', '<#C0SECRET>', '<!subteam^S0ALL>', '<https://evil.example|docs>'],
  ...['&lt;!everyone&gt;', '<<!channel>', '<!date^1^{date}^https://evil.example|now>', '```', '`', '*', '_~>'],
  ...['', ' ', '\n', '\r\n\t', '\u0000', '\u001b[2J', '\u202e\u2066', '\u200b', '\u2028', '\ud800', '\udc00\ud83d'],
  ...['&', '<', '>', '&amp;', '👩‍👩‍👧‍👦', '\u3164'],
];

/** What a pod's image, a label or a person may put into a text: tricks, noise, and far too much of either. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...tricks) },
  {
    weight: 6,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...tricks), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 8 })
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...tricks, 'x', '🟢').map((unit) => unit.repeat(5_000).slice(0, 9_000)) },
);

const some = <T>(arbitrary: fc.Arbitrary<T>, maxLength: number) =>
  fc.oneof(fc.array(arbitrary, { maxLength: 2 }), fc.array(arbitrary, { minLength: maxLength / 2, maxLength }));
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 3 });

export const hostileReport: fc.Arbitrary<Report> = fc
  .record({
    request: fc.record({ cluster: hostileText, target: hostileText, destination: orNull(hostileText) }),
    subject: fc.record({
      namespace: hostileText,
      pod: hostileText,
      node: orNull(hostileText),
      container: orNull(hostileText),
    }),
    verdict: fc.record({
      outcome: fc.constantFrom('reachable', 'broken', 'inconclusive'),
      cause: orNull(hostileText),
      stage: fc.constantFrom('policy', 'pod-route', null),
      policyIsCause: fc.constantFrom('yes', 'no', 'unknown'),
      summary: hostileText,
      notLookedAt: some(hostileText, 60),
    }),
    path: some(
      fc.record({
        hop: hostileText,
        status: fc.constantFrom('ok', 'broken', 'unknown', 'unreached'),
        note: hostileText,
      }),
      80,
    ),
    findings: some(
      fc.record({
        ...{ checkId: hostileText, stage: fc.constantFrom('policy', 'pod-route'), title: hostileText },
        outcome: fc.constantFrom('pass', 'fail', 'inconclusive', 'not-applicable', 'unknown', 'crashed'),
        ...{ summary: hostileText, facts: some(hostileText, 20), fix: orNull(hostileText) },
      }),
      60,
    ),
    remediation: fc.record({ offered: fc.boolean(), refusal: orNull(hostileText), manifest: orNull(hostileText) }),
  })
  .map(({ subject, verdict, ...report }) => {
    const plainReport = aReport();
    return {
      ...{ ...plainReport, ...report },
      subject: { ...plainReport.subject, ...subject },
      verdict: { ...plainReport.verdict, ...verdict },
    };
  });

const moment = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString());

export const hostileRemediation: fc.Arbitrary<Remediation> = fc
  .record({
    state: fc.constantFrom(...RemediationSchema.shape.state.options),
    cluster: hostileText,
    subject: fc.record({ namespace: hostileText, pod: hostileText, uid: hostileText }),
    pods: some(hostileText, 60),
    requestedBy: hostileText,
    ttlMinutes: fc.integer({ min: 1, max: 10_080 }),
    lapsesAt: moment,
    expiresAt: orNull(moment),
    manifestHash: hostileText,
    spec: fc.dictionary(fc.string({ maxLength: 20 }), some(hostileText, 20), { maxKeys: 10 }),
    log: some(fc.record({ event: hostileText, by: hostileText, at: moment, note: hostileText }), 30),
  })
  .map(({ spec, ...remediation }) => {
    const plainRemediation = aRemediation();
    return { ...plainRemediation, ...remediation, manifest: { ...plainRemediation.manifest, spec } };
  });
