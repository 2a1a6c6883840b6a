/** An address as four 32-bit words, most significant first. IPv4 addresses live in the last word. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly [number, number, number, number];
}

function parseIPv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let word = 0;
  for (const part of parts) {
    // A leading zero is octal to some and decimal to others (RFC 6943 3.1.1): it is nobody's address here.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    word = word * 256 + Number(part);
  }
  return word;
}

function parseIPv6(text: string): Address['words'] | null {
  let hexText = text;
  const lastColon = text.lastIndexOf(':');
  if (text.includes('.')) {
    const tail = parseIPv4(text.slice(lastColon + 1));
    if (tail === null) return null;
    hexText = `${text.slice(0, lastColon + 1)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = hexText.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return null;
  const [head = [], tail = []] = groups;
  const all = [...head, ...Array.from({ length: 8 - given }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const word = (index: number) =>
    (Number.parseInt(all[index] ?? '0', 16) * 65_536 + Number.parseInt(all[index + 1] ?? '0', 16)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

/** Null for anything that is not an address literal; zones (`%eth0`) are refused. */
export function parseAddress(text: string): Address | null {
  if (text.includes(':')) {
    const words = parseIPv6(text);
    return words && { family: 6, words };
  }
  const word = parseIPv4(text);
  return word === null ? null : { family: 4, words: [0, 0, 0, word] };
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) shortened. */
export function formatAddress({ family, words }: Address): string {
  if (family === 4) return [24, 16, 8, 0].map((shift) => (words[3] >>> shift) & 255).join('.');
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
