import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ExecProcess, Network } from '../contract.ts';
import {
  channels,
  exitStatus,
  finish,
  type Protocol,
  sendFrames,
  startFailure,
  streamOut,
  success,
} from './exec-channel.ts';
import type { ExecTarget } from './exec-target.ts';
import { isTrue } from './request.ts';
import type { ExecTrouble } from './trouble.ts';

export interface ExecSession {
  readonly target: ExecTarget;
  readonly query: URLSearchParams;
  readonly protocol: Protocol;
  readonly trouble: ExecTrouble | undefined;
}

/** Processes whose exec has not ended; some outlive their stream, as on a real node. */
export class ExecProcesses {
  readonly #running = new Map<ExecProcess, string>();

  add(child: ExecProcess, podUid: string): void {
    this.#running.set(child, podUid);
    child.once('exit', () => this.#running.delete(child));
  }

  get count(): number {
    return this.#running.size;
  }

  /** The container is gone, and with it everything that ran in it. */
  kill(podUid?: string): void {
    for (const [child, uid] of this.#running) {
      if (podUid === undefined || uid === podUid) killAll(child);
    }
  }
}

function killAll(child: ExecProcess): void {
  // Whoever else holds its output dies with the container, and is not waited for.
  child.once('exit', () => {
    child.stdout.destroy();
    child.stderr.destroy();
  });
  try {
    // An exec'd process leads its own group; where it does not, there is no such group.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** The client's frames as one stream, from the first moment on: they may come before the process does. */
function standardInput(socket: WebSocket, session: ExecSession): PassThrough {
  const input = new PassThrough();
  const isOpen = isTrue(session.query, 'stdin');
  if (!isOpen) input.end();
  socket.on('message', (data) => {
    const frame = Array.isArray(data)
      ? Buffer.concat(data)
      : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    if (!isOpen || input.writableEnded) return;
    if (frame[0] === channels.stdin && frame.length > 1) input.write(frame.subarray(1));
    // Version 4 has no way to end standard input but closing the socket.
    if (frame[0] === channels.close && frame[1] === channels.stdin && session.protocol === 'v5.channel.k8s.io')
      input.end();
  });
  socket.once('close', () => input.end());
  return input;
}

function flood(socket: WebSocket): void {
  const line = Buffer.from(`${'ipv6check '.repeat(100)}\n`.repeat(32));
  const next = () => {
    if (socket.readyState === socket.OPEN) sendFrames(socket, channels.stdout, line, () => setImmediate(next));
  };
  next();
}

function start(network: Network, session: ExecSession, argv: readonly string[]): ExecProcess | 'too-long' {
  try {
    return network.exec(session.target.container, argv);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'E2BIG') return 'too-long';
    throw error;
  }
}

/** From the 101 to the Close. */
export async function runExec(
  socket: WebSocket,
  session: ExecSession,
  network: Network,
  processes: ExecProcesses,
): Promise<void> {
  const { query, protocol, trouble, target } = session;
  const input = standardInput(socket, session);
  // A client that goes away is not an event of ours.
  socket.on('error', () => socket.terminate());
  if (trouble === 'hang') return;
  sendFrames(socket, channels.stdout, Buffer.alloc(0));
  if (trouble === 'flood') return flood(socket);
  if (trouble === 'garbage') {
    sendFrames(socket, channels.stdout, randomBytes(100_000));
    return finish(socket, success);
  }

  const argv = query.getAll('command');
  const id = randomBytes(32).toString('hex');
  const found =
    argv.length === 0
      ? { ok: false as const, problem: 'args must not be empty' }
      : await network.resolve(target.container, argv);
  if (!found.ok) return finish(socket, startFailure(found.problem, id, protocol));

  const child = start(network, session, argv);
  if (child === 'too-long') {
    sendFrames(socket, channels.stderr, Buffer.from(`exec ${argv[0]}: argument list too long`));
    return finish(socket, exitStatus(1, argv, protocol));
  }
  processes.add(child, target.podUid);
  // A process may leave its input unread, and end while we write.
  child.stdin.on('error', () => undefined);
  input.pipe(child.stdin);

  if (trouble === 'drop' || trouble === 'early-success') {
    child.stdout.once('data', (chunk: Buffer) => {
      sendFrames(socket, channels.stdout, chunk.subarray(0, Math.ceil(chunk.length / 2)), () => {
        if (trouble === 'drop') socket.terminate();
        else finish(socket, success);
      });
      child.stdout.resume();
      child.stderr.resume();
    });
    return;
  }
  for (const [name, channel] of [
    ['stdout', channels.stdout],
    ['stderr', channels.stderr],
  ] as const) {
    if (isTrue(query, name)) streamOut(socket, channel, child[name]);
    else child[name].resume();
  }
  child.once('error', (error) => finish(socket, startFailure(`exec: "${argv[0]}": ${error.message}`, id, protocol)));
  child.once('close', (code, signal) => {
    const number = signal === null ? (code ?? 0) : 128 + (constants.signals[signal] ?? 0);
    finish(socket, exitStatus(number, argv, protocol));
  });
  socket.once('close', (code) => {
    // Version 5 leaves the process alone; version 4 kills it when the connection breaks, and not when it is closed.
    if (protocol === 'v4.channel.k8s.io' && code === 1006) child.kill('SIGKILL');
    child.once('exit', () => {
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.stdout.pause();
    child.stderr.pause();
  });
}
