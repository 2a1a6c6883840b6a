import type { Message } from '../../ports.ts';
import { limits } from './limits.ts';

/** Every character that a reader would see, the fallback included. */
export function charactersOf(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, each) => sum + charactersOf(each), 0);
  if (typeof node !== 'object' || node === null) return 0;
  return Object.entries(node).reduce(
    (sum, [key, value]) => sum + (key === 'text' && typeof value === 'string' ? value.length : charactersOf(value)),
    0,
  );
}

export function fits(message: Message): boolean {
  return message.blocks.length <= limits.blocks && charactersOf(message) <= limits.messageText;
}

/** How much detail a message carries, from everything down to what always fits. */
export interface Detail {
  readonly findings: number;
  readonly lines: number;
  readonly lineLength: number;
}

const details: readonly Detail[] = [
  { findings: 16, lines: 60, lineLength: 600 },
  { findings: 16, lines: 20, lineLength: 300 },
  { findings: 16, lines: 8, lineLength: 160 },
  { findings: 16, lines: 3, lineLength: 120 },
  { findings: 12, lines: 1, lineLength: 80 },
  { findings: 6, lines: 1, lineLength: 80 },
];
const least: Detail = { findings: 3, lines: 1, lineLength: 80 };

/** The most detailed form that Slack takes: facts are cut, and said to be, before a message is refused. */
export function asDetailedAsFits(draw: (detail: Detail) => Message): Message {
  return details.map(draw).find(fits) ?? draw(least);
}

/** At most `max` of the lines, and how many were left out. */
export function firstOf(lines: readonly string[], max: number): string[] {
  return lines.length <= max ? [...lines] : [...lines.slice(0, max), `… ${lines.length - max} more`];
}
