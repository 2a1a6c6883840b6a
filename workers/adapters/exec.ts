import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import type { ExecOptions, ExecOutcome, ExecSession, ExecTarget } from '../../src/ports.ts';
import { messageIn } from './api-answer.ts';
import { type Credentials, CredentialsError, codeOf, type Door, inTime, sayFailure } from './door.ts';
import { endFromStatus, outcomeOf } from './exec-status.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const maxRefusalBytes = 64 * 1024;
const closingMs = 500;

export interface ExecDeps {
  readonly door: Door;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Waits for a place among the cluster's execs. */
  readonly enter: () => Promise<() => void>;
  /** Called when the upgrade request is sent. */
  readonly onRequest: () => void;
}

/** One command in a container, over the WebSocket subprotocols of the API server. */
export function openExec(
  deps: ExecDeps,
  target: ExecTarget,
  argv: readonly string[],
  options: ExecOptions,
): ExecSession {
  const typed: string[] = [];
  let send = (text: string): void => {
    typed.push(text);
  };
  const done = run();
  return { write: (text) => send(text), done };

  async function run(): Promise<ExecOutcome> {
    let leave: () => void;
    try {
      leave = await deps.enter();
    } catch {
      return { kind: 'aborted' };
    }
    try {
      const url = urlOf(deps.door, target, argv);
      const { signal } = deps;
      const credentials = await inTime(deps.door.credentials(), signal, options.deadlineMs);
      return await stream(url, credentials);
    } catch (error) {
      if (deps.signal.aborted) return { kind: 'aborted' };
      const isOurs = error instanceof CredentialsError || error instanceof TargetError;
      const detail = isOurs ? error.message : sayFailure(deps.door, error);
      return { kind: 'transport-failed', detail, stdout: '' };
    } finally {
      leave();
    }
  }

  function stream(url: URL, { headers, tls }: Credentials): Promise<ExecOutcome> {
    const { deadlineMs, maxBytes, endMarker, onOutput } = options;
    const { signal } = deps;
    const startedAt = performance.now();
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    const output = { stdout: '', stderr: '' };
    let bytes = 0;

    return new Promise((resolve) => {
      if (signal.aborted) return resolve({ kind: 'aborted' });
      deps.onRequest();
      const socket = new WebSocket(url, protocols, {
        ...tls,
        headers: { ...headers, 'user-agent': deps.userAgent },
        perMessageDeflate: false,
        maxPayload: 1024 * 1024,
      });

      let isSettled = false;
      const settle = (outcome: ExecOutcome): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(deadline);
        signal.removeEventListener('abort', onAbort);
        send = () => undefined;
        letGo(socket);
        resolve(outcome);
      };
      const deadline = setTimeout(
        () => settle({ kind: 'timed-out', afterMs: deadlineMs, stdout: output.stdout }),
        deadlineMs,
      );
      const onAbort = (): void => settle({ kind: 'aborted' });
      signal.addEventListener('abort', onAbort, { once: true });

      socket.on('open', () => {
        send = (text) => socket.send(framed(channels.stdin, Buffer.from(text)));
        for (const text of typed.splice(0)) send(text);
      });
      socket.on('message', (data: Buffer) => {
        const channel = data[0];
        const payload = data.subarray(1);
        if (isSettled || payload.length === 0) return;
        if (channel === channels.status) {
          const ms = Math.round(performance.now() - startedAt);
          return settle(outcomeOf(endFromStatus(payload.toString('utf8')), { ...output, ms, endMarker }));
        }
        const stream = channel === channels.stdout ? 'stdout' : channel === channels.stderr ? 'stderr' : null;
        if (stream === null) return;
        bytes += payload.length;
        if (bytes > maxBytes) return settle({ kind: 'output-capped', bytes, stdout: output.stdout });
        // Frames end anywhere, also inside a character.
        output[stream] += decoders[stream].decode(payload, { stream: true });
        if (stream === 'stdout') onOutput?.(output.stdout);
      });
      socket.on('unexpected-response', (request, response) => {
        void refusalOf(response).then((detail) => {
          settle({ kind: 'refused', status: response.statusCode ?? 0, detail });
          request.destroy();
        });
      });
      // The library's error carries the request and with it the client's key: its code is all that leaves this file.
      socket.on('error', (error) => {
        const detail = sayFailure(deps.door, { code: codeOf(error) ?? undefined });
        settle({ kind: 'transport-failed', detail, stdout: output.stdout });
      });
      socket.on('close', (code) => {
        const detail = `the session closed without a status (${code})`;
        settle({ kind: 'transport-failed', detail, stdout: output.stdout });
      });
    });
  }
}

/** Ends the command's standard input, which is what makes our scripts kill themselves, and then the connection. */
function letGo(socket: WebSocket): void {
  if (socket.readyState === WebSocket.OPEN) {
    if (socket.protocol === protocols[0]) socket.send(Buffer.from([channels.close, channels.stdin]));
    socket.close(1000);
  }
  if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
  if (socket.readyState === WebSocket.CLOSED) return;
  const impatience = setTimeout(() => socket.terminate(), closingMs);
  socket.once('close', () => clearTimeout(impatience));
}

function framed(channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), payload]);
}

class TargetError extends Error {}

function urlOf(door: Door, { namespace, pod, container }: ExecTarget, argv: readonly string[]): URL {
  // Encoding leaves dots alone, and a URL of `/pods/../exec` is another path.
  if ([namespace, pod].some((name) => /^\.*$/u.test(name))) throw new TargetError('the pod has no name to ask for');
  const [ns, name] = [namespace, pod].map(encodeURIComponent);
  const url = new URL(`${door.server.replace(/^http/u, 'ws')}/api/v1/namespaces/${ns}/pods/${name}/exec`);
  url.searchParams.set('container', container);
  for (const argument of argv) url.searchParams.append('command', argument);
  for (const stream of ['stdin', 'stdout', 'stderr']) url.searchParams.set(stream, 'true');
  return url;
}

/** The API's own words; a bare 403 is a server that knows neither subprotocol, or a proxy. */
async function refusalOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  const impatience = setTimeout(() => response.destroy(), 2_000);
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > maxRefusalBytes) break;
    }
  } catch {
    // A body that breaks off still leaves the status and what has arrived.
  } finally {
    clearTimeout(impatience);
  }
  return messageIn(text) || `HTTP ${response.statusCode ?? 0} without a reason`;
}
