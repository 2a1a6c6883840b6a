/** JSON of the API as stored: anything may be missing or of another type. */
export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown): Json {
  // An object of JSON is a record; arrays are not what is asked for here.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

export function has(json: Json, field: string): boolean {
  return json[field] !== undefined && json[field] !== null;
}
