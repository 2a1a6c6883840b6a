import { once } from 'node:events';
import { connect } from 'node:net';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\u0007', b: '\b' };

/** The words of one command, as MONITOR quotes them; null for a line that is none. */
export function wordsOf(line: string): string[] | null {
  if (!/^\+\d+\.\d+ \[/.test(line)) return null;
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replace(/\\(x([0-9a-f]{2})|.)/g, (_, one: string, hex: string | undefined) =>
      hex === undefined ? (escapes[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  );
}

export interface Monitor {
  close(): void;
}

/**
 * Everything that anybody asks of Redis, until it dies. ioredis' own monitor throws where nobody can catch it when the first
 * command comes with the server's OK.
 */
export async function monitor(url: string, onCommand: (words: readonly string[]) => void): Promise<Monitor> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => {}); // Redis is killed here as a matter of course
  socket.setEncoding('latin1');
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const words = wordsOf(line);
      if (words) onCommand(words);
    }
  });
  socket.write('MONITOR\r\n');
  return { close: () => socket.destroy() };
}
