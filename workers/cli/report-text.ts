import type { Finding, Report } from '../../src/diagnosis/report.ts';

const marks = {
  pass: 'ok      ',
  fail: 'FAILED  ',
  inconclusive: 'unclear ',
  unknown: 'unknown ',
  crashed: 'crashed ',
  'not-applicable': '–       ',
} as const satisfies Record<Finding['outcome'], string>;

const hops = { ok: 'ok', broken: 'BROKEN', unknown: 'unknown', unreached: 'not reached' } as const;

/** A report for a terminal: the answer first, then the packet's way, what can be done, and what is behind it. */
export function reportText(report: Report): string {
  const { subject, request, verdict, path, findings, remediation, cost } = report;
  const pod = `${subject.namespace}/${subject.pod}`;
  const to = request.destination === null ? '' : ` to ${request.destination}`;
  const cause = verdict.cause === null ? '' : ` (${verdict.cause}, ${verdict.confidence})`;
  const fixed = findings.filter(({ fix }) => fix !== null);
  return `${[
    `${verdict.outcome.toUpperCase()}  ${pod}${to}${cause}`,
    verdict.summary,
    '',
    ...path.map(({ hop, status, note }) => `  ${hop.padEnd(15)} ${hops[status].padEnd(11)} ${note}`),
    ...fixed.flatMap(({ title, fix }) => ['', `What can be done: ${title}`, ...(fix ?? '').split('\n').map(indented)]),
    ...(verdict.notLookedAt.length > 0 ? ['', 'Not looked at:', ...verdict.notLookedAt.map(indented)] : []),
    ...(remediation.offered
      ? [
          '',
          'A temporary policy would help. In Slack a second person can approve this one:',
          ...(remediation.manifest ?? '').trimEnd().split('\n').map(indented),
        ]
      : verdict.policyIsCause === 'yes' && remediation.refusal !== null
        ? ['', `No temporary policy would do: ${remediation.refusal}`]
        : []),
    '',
    'What was looked at:',
    ...findings.filter(({ outcome }) => outcome !== 'not-applicable').flatMap(lines),
    '',
    `node ${subject.node ?? 'none'} · Kubernetes ${subject.kubernetes ?? 'unknown'} · Calico ${subject.calico ?? 'none'} · evidence from ${subject.rung}${subject.container === null ? '' : ` (container ${subject.container})`}`,
    `run ${report.id} · ${(cost.totalMs / 1_000).toFixed(1)} s · ${cost.apiRequests} API requests, ${cost.execs} of them execs`,
  ]
    .map(printable)
    .join('\n')}\n`;
}

function lines({ outcome, title, summary, facts }: Finding): string[] {
  return [
    `${marks[outcome]}${title}`,
    `        ${summary}`,
    ...facts.slice(0, 8).map((fact) => `          ${fact.replaceAll('\n', ' ')}`),
  ];
}

function indented(line: string): string {
  return `  ${line}`;
}

/** What a pod printed must not move the cursor of who reads it. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '');
}
