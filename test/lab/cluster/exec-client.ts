import { WebSocket } from 'ws';
import type { LabCluster } from '../../../lab/cluster/start.ts';
import { configOf } from './stand-in.ts';

interface Reachable {
  readonly cluster: LabCluster;
}

export interface ExecResult {
  readonly protocol: string;
  readonly frames: readonly { readonly channel: number; readonly payload: Buffer }[];
  readonly closeCode: number;
  readonly closeReason: string;
  stdout(): string;
  stderr(): string;
  // biome-ignore lint/suspicious/noExplicitAny: a Status, looked at member by member in assertions
  status(): any;
}

export interface Refused {
  readonly code: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface RawExec {
  readonly socket: WebSocket;
  readonly opened: Promise<'open' | Refused>;
  readonly done: Promise<ExecResult>;
  /** Resolves when standard output so far matches. */
  until(pattern: RegExp): Promise<string>;
}

export interface ExecAsk {
  readonly user?: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly container?: string;
  readonly command?: readonly string[];
  readonly stdin?: boolean;
  readonly streams?: readonly string[];
  readonly protocols?: readonly string[];
}

/** An exec with nothing between the test and the frames. */
export function rawExec(lab: Reachable, ask: ExecAsk): RawExec {
  const {
    user = 'prober',
    pod = 'checkout-1',
    namespace = 'shop',
    command = ['true'],
    streams = ['stdout', 'stderr'],
  } = ask;
  const query = new URLSearchParams();
  if (ask.container) query.set('container', ask.container);
  for (const word of command) query.append('command', word);
  for (const stream of [...streams, ...(ask.stdin ? ['stdin'] : [])]) query.set(stream, 'true');
  const config = configOf(lab.cluster, user);
  const socket = new WebSocket(
    `${lab.cluster.url.replace('https', 'wss')}/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`,
    [...(ask.protocols ?? ['v5.channel.k8s.io', 'v4.channel.k8s.io'])],
    {
      ca: Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64').toString(),
      headers: { authorization: `Bearer ${config.getCurrentUser()?.token}` },
    },
  );
  const frames: { channel: number; payload: Buffer }[] = [];
  const text = (channel: number) =>
    Buffer.concat(frames.filter((frame) => frame.channel === channel).map(({ payload }) => payload)).toString('utf8');
  const waiting: (() => void)[] = [];
  socket.on('message', (data: Buffer) => {
    frames.push({ channel: data[0] ?? -1, payload: data.subarray(1) });
    for (const look of waiting) look();
  });

  const opened = new Promise<'open' | Refused>((resolve, reject) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text: body, headers: response.headers }));
    });
    socket.on('error', reject);
  });
  opened.catch(() => undefined);
  const done = new Promise<ExecResult>((resolve) => {
    socket.once('close', (closeCode, reason) =>
      resolve({
        protocol: socket.protocol,
        frames,
        closeCode,
        closeReason: reason.toString(),
        stdout: () => text(1),
        stderr: () => text(2),
        status: () => JSON.parse(text(3)),
      }),
    );
  });

  return {
    socket,
    opened,
    done,
    until: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (pattern.test(text(1))) resolve(text(1));
        };
        waiting.push(look);
        look();
      }),
  };
}

export const execToEnd = (lab: Reachable, ask: ExecAsk): Promise<ExecResult> => rawExec(lab, ask).done;

export async function refusedExec(lab: Reachable, ask: ExecAsk): Promise<Refused> {
  const outcome = await rawExec(lab, ask).opened;
  if (outcome === 'open') throw new Error('The exec was not refused');
  return outcome;
}

/** Waits for what no event announces, such as the end of a process of another group. */
export async function eventually(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
