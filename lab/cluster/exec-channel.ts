import type { Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Fields } from './json.ts';

export type Protocol = 'v5.channel.k8s.io' | 'v4.channel.k8s.io';

export const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

const framePayload = 32_768;

/** About what lies in buffers before a real process blocks because its client stopped reading. */
const bufferLimit = 16 * 1024 * 1024;

/** Newest first, whatever the client's order; the older protocols have no end of input and are not served. */
export function chooseProtocol(offered: string | undefined): Protocol | undefined {
  const names = (offered ?? '').split(',').map((name) => name.trim());
  return (['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const).find((name) => names.includes(name));
}

export function sendFrames(socket: WebSocket, channel: number, payload: Buffer, flushed?: () => void): void {
  for (let at = 0; at === 0 || at < payload.length; at += framePayload) {
    const part = payload.subarray(at, at + framePayload);
    const isLast = at + framePayload >= payload.length;
    socket.send(Buffer.concat([Buffer.from([channel]), part]), isLast ? () => flushed?.() : () => undefined);
  }
}

/** Reads as fast as the client does. After the client left nothing is read: the process blocks when its pipe is full. */
export function streamOut(socket: WebSocket, channel: number, source: Readable): void {
  source.on('data', (chunk: Buffer) => {
    if (socket.readyState !== socket.OPEN) {
      source.pause();
      return;
    }
    sendFrames(socket, channel, chunk, () => {
      if (socket.bufferedAmount < bufferLimit && socket.readyState === socket.OPEN) source.resume();
    });
    if (socket.bufferedAmount >= bufferLimit) source.pause();
  });
}

export const success: Fields = { metadata: {}, status: 'Success' };

export function exitStatus(code: number, argv: readonly string[], protocol: Protocol): Fields {
  if (code === 0) return success;
  const message =
    protocol === 'v5.channel.k8s.io'
      ? `command terminated with non-zero exit code: command terminated with exit code ${code}`
      : `command terminated with non-zero exit code: error executing command [${argv.join(' ')}], exit code ${code}`;
  return {
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** What the runtime says when there is nothing to start; `problem` is its last clause. */
export function startFailure(problem: string, id: string, protocol: Protocol): Fields {
  const prefix = 'Internal error occurred: ';
  const clause = 'OCI runtime exec failed: exec failed: unable to start container process: ';
  const said = problem.includes(clause) ? problem : `${clause}${problem}`;
  const inner = `error executing command in container: failed to exec in container: failed to start exec "${id}": ${said}`;
  const message = `${protocol === 'v5.channel.k8s.io' ? prefix : ''}${inner}`;
  return {
    metadata: {},
    status: 'Failure',
    message: `${prefix}${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  };
}

export function finish(socket: WebSocket, status: Fields): void {
  if (socket.readyState !== socket.OPEN) return;
  sendFrames(socket, channels.status, Buffer.from(JSON.stringify(status)));
  socket.close(1000);
}
