import { describe, expect, it } from 'vitest';
import { entries } from '../../../../lab/network/faults/entries.ts';
import { stages } from '../../../../lab/network/faults/entry.ts';

const ofKind = (kind: string) => entries.filter((entry) => entry.kind === kind);

describe('lab/network/faults/entries', () => {
  it('has enough of everything, in every stage', () => {
    const causes = new Set(ofKind('fault').map(({ cause }) => cause));

    expect(ofKind('fault').length).toBeGreaterThanOrEqual(60);
    expect(causes.size).toBeGreaterThanOrEqual(45);
    expect(ofKind('healthy').length).toBeGreaterThanOrEqual(15);
    expect(ofKind('double').length).toBeGreaterThanOrEqual(10);
    expect(stages.filter((stage) => !ofKind('fault').some((entry) => entry.stage === stage))).toEqual([]);
  });

  it('speaks of every cause of the catalogue, injected or with the reason why not', () => {
    expect(new Set(entries.flatMap(({ cause }) => cause ?? [])).size).toBe(53);
  });

  it('gives each an id of its own, and each cause one variant that bears its name', () => {
    const ids = entries.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { cause } of [...ofKind('fault'), ...ofKind('notInjectable')]) expect(ids).toContain(cause);
  });

  it.each(entries)('$id is said in one sentence without its full stop', ({ how, kind, inject, cause }) => {
    expect(how).toMatch(/^(?!.*[.;] [A-Z]).{20,}[^.]$/);
    expect(inject === undefined).toBe(kind === 'notInjectable');
    expect(cause === null).toBe(kind === 'healthy');
  });
});
