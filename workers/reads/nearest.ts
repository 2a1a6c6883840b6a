/** Up to three names that somebody may have meant. */
export function nearest(typed: string, names: readonly string[]): string[] {
  // Two letters of three are not a slip.
  const allowed = Math.max(Math.min(2, typed.length - 2), Math.floor(typed.length / 3));
  return names
    .map((name) => ({ name, distance: Math.min(distance(typed, name.slice(0, typed.length)), distance(typed, name)) }))
    .filter(({ distance: far }) => far <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
