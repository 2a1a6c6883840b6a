import type { Evidence, EvidenceKey } from '../../../src/evidence/evidence.ts';
import { failed, type Observation } from '../../../src/evidence/observation.ts';
import { observe, type Section } from '../../../workers/probes/section.ts';

export const missing = failed('TRUNCATED', 'cut short');

/** What a section makes of these texts, each printed by a command that ended well. */
export function seeing<K extends EvidenceKey>(
  section: Section<K>,
  ...texts: readonly string[]
): Observation<Evidence[K]> {
  const frames = new Map(section.from.map((name, at) => [name, { text: texts[at] ?? '', code: 0, ms: 1 }]));
  return observe(section, frames, 'test', missing);
}

/** The value, or why there is none. */
export function parsed<K extends EvidenceKey>(section: Section<K>, ...texts: readonly string[]): unknown {
  const seen = seeing(section, ...texts);
  return seen.status === 'observed' ? seen.value : `${seen.code} ${seen.detail}`;
}
