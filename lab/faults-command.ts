import { entries } from './network/faults/entries.ts';
import { faults } from './network/faults.ts';

/** What the lab can do to itself: for people with a line each, for programs as JSON. */
export function faultsText(isJson: boolean): string {
  if (!isJson) return faults.map(({ id, summary }) => `${id}\t${summary}\n`).join('');
  const rows = entries.map(({ id, kind, stage, how }) => ({ id, kind, stage, how }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}
