/** JSON of the API as stored: anything may be missing or of another type. */
export type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function record(value: unknown): Json {
  // Arrays are not what is asked for here.
  return isRecord(value) ? value : {};
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Own fields only: `constructor` is in no object that does not state it. */
export function has(json: Json, field: string): boolean {
  return Object.hasOwn(json, field) && json[field] !== undefined && json[field] !== null;
}

type Shape = 'object' | 'objects' | 'strings' | 'string' | 'number' | 'boolean' | 'any';

const fits: Readonly<Record<Shape, (value: unknown) => boolean>> = {
  object: isRecord,
  // The API decodes null in a list to an object without fields.
  objects: (value) => Array.isArray(value) && value.every((each) => each === null || isRecord(each)),
  strings: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  any: () => true,
};

/**
 * What the API server would refuse an object for: a field of another type, or one that nobody knows. Such an object is not
 * in a cluster in this form, so what it means there is not known.
 */
export function faultIn(value: unknown, shapes: Readonly<Record<string, Shape>>, path: string): string | null {
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) return `${path} is not an object`;
  for (const [field, own] of Object.entries(value)) {
    if (own === undefined || own === null) continue;
    const shape = Object.hasOwn(shapes, field) ? shapes[field] : undefined;
    if (shape === undefined) return `${path} has an unknown field "${field.slice(0, 64)}"`;
    if (!fits[shape](own)) return `${path}.${field} is not ${shape === 'object' ? 'an object' : `of type ${shape}`}`;
  }
  return null;
}
