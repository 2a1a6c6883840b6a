import type { Report } from '../../diagnosis/report.ts';

/** A status mark never stands without its word. */
export const verdictWords = {
  reachable: '🟢 Reachable',
  broken: '🔴 Broken',
  inconclusive: '🟡 Inconclusive',
} as const satisfies Record<Report['verdict']['outcome'], string>;

export const hopWords = {
  ok: '🟢 ok',
  broken: '🔴 broken',
  unknown: '🟡 unknown',
  unreached: '⚪ not reached',
} as const satisfies Record<Report['path'][number]['status'], string>;

export const findingWords = {
  pass: '🟢 Passed',
  fail: '🔴 Failed',
  inconclusive: '🟡 Inconclusive',
  unknown: '🟡 Unknown',
  crashed: '🟡 Crashed',
  'not-applicable': '⚪ Not applicable',
} as const satisfies Record<Report['findings'][number]['outcome'], string>;

export const policySentences = {
  yes: 'A policy is the cause.',
  no: 'Policy is not the cause.',
  unknown: 'Whether a policy is the cause is not known.',
} as const satisfies Record<Report['verdict']['policyIsCause'], string>;
