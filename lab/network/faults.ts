import type { Shape } from '../contract.ts';
import { entries } from './faults/entries.ts';
import type { Entry, Injection } from './faults/entry.ts';
import type { Plan } from './plan.ts';
import { usualShape } from './shape.ts';

/** Everything that can be injected, by the id that `--fault` takes. */
export const faults = entries.filter(({ inject }) => inject !== undefined).map(({ id, how }) => ({ id, summary: how }));

function entryOf(id: string | undefined): Entry | undefined {
  if (id === undefined) return undefined;
  const entry = entries.find((each) => each.id === id && each.inject);
  if (!entry) throw new Error(`no fault ${id}; there are ${faults.map((each) => each.id).join(', ')}`);
  return entry;
}

export const shapeOf = (id: string | undefined, wished: Partial<Shape>): Shape => ({
  ...usualShape,
  ...wished,
  ...entryOf(id)?.shape,
});

export const injectionOf = (id: string | undefined, plan: Plan): Injection => entryOf(id)?.inject?.(plan) ?? {};
