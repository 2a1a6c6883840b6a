/** One section of a probe's output: what a command printed, how it ended and how long it took. */
export interface Frame {
  readonly text: string;
  readonly code: number;
  readonly ms: number;
}

const maxSectionLength = 8 * 1024 * 1024;

export function readyMarker(nonce: string): string {
  return `@@${nonce} ready`;
}

export function endMarker(nonce: string): string {
  return `@@${nonce} end`;
}

/** Sections by name, also those of a run that was cut short. Whatever a pod prints is text without control characters. */
export function framesOf(output: string, nonce: string): ReadonlyMap<string, Frame> {
  const frames = new Map<string, Frame>();
  const marker = `@@${nonce} `;
  let lines: string[] = [];
  for (const line of output.split('\n')) {
    if (!line.startsWith(marker)) {
      lines.push(line);
      continue;
    }
    const [name = '', code, ms] = line.slice(marker.length).split(' ');
    if (code !== undefined) {
      const text = lines.join('\n').slice(0, maxSectionLength);
      frames.set(name, { text: withoutControls(text).trimEnd(), code: Number(code), ms: Number(ms) });
    }
    lines = [];
  }
  return frames;
}

/** Format characters too: they hide or reorder what people read. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cf}\p{Zl}\p{Zp}]|(?![\t\n])\p{Cc}/gu, '');
}
