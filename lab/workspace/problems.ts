export type Shape = Readonly<Record<string, unknown>>;

export const isShape = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where in the JSON a check stands, and the list that it adds its complaints to, worded as Slack words them. */
export interface Spot {
  readonly pointer: string;
  at(key: string | number): Spot;
  complain(message: string): void;
}

export function spotIn(problems: string[], pointer: string): Spot {
  return {
    pointer,
    at: (key) => spotIn(problems, `${pointer}/${key}`),
    complain: (message) => void problems.push(`${message} [json-pointer:${pointer}]`),
  };
}

/** The keys that Slack knows for this object; it refuses any other. */
export function onlyKeys(value: Shape, known: readonly string[], spot: Spot): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) spot.complain(`invalid additional property: ${key}`);
  }
}

export function boundedString(value: unknown, max: number, spot: Spot, min = 0) {
  if (typeof value !== 'string') return spot.complain('must be a string');
  // Slack counts characters as people do, not UTF-16 units.
  const size = [...value].length;
  if (size > max) spot.complain(`must be less than ${max + 1} characters`);
  if (size < min) spot.complain(`must be more than ${min - 1} characters`);
}

export function boundedList(value: unknown, max: number, spot: Spot): readonly unknown[] {
  if (!Array.isArray(value)) {
    spot.complain('must be an array');
    return [];
  }
  if (value.length === 0) spot.complain('no less than 1 items allowed');
  if (value.length > max) spot.complain(`no more than ${max} items allowed`);
  return value;
}
