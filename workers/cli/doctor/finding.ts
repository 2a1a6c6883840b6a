/** What was looked at, in the order in which it is told. */
export const areas = ['configuration', 'slack', 'channels', 'redis', 'rights', 'calico', 'admission', 'clock'] as const;

export type Area = (typeof areas)[number];

/** `note` is worth knowing and nothing to mend; `unknown` could not be seen, which is never well. */
export interface Finding {
  readonly area: Area;
  readonly state: 'ok' | 'note' | 'wrong' | 'unknown';
  readonly says: string;
  /** What mends it, to be copied. */
  readonly fix?: string;
}

export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state === 'ok' || state === 'note');
}

export function findingsText(findings: readonly Finding[]): string {
  const sorted = areas.flatMap((area) => findings.filter((finding) => finding.area === area));
  const lines = sorted.flatMap(({ area, state, says, fix }) => [
    `${state.padEnd(7)}  ${area.padEnd(13)}  ${says}`,
    ...(fix === undefined ? [] : fix.split('\n').map((line) => `${' '.repeat(24)}${line}`)),
  ]);
  const bad = findings.filter(({ state }) => state === 'wrong' || state === 'unknown').length;
  return `${[...lines, '', bad === 0 ? 'All is well.' : `To be looked after: ${bad}.`].join('\n')}\n`;
}
