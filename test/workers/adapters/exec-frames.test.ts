import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExecOptions } from '../../../src/ports.ts';
import { openExec } from '../../../workers/adapters/exec.ts';
import { doorTo, type OpenDoor, type Scripted, scripted, secretToken } from './connecting.ts';

const options: ExecOptions = { deadlineMs: 5_000, maxBytes: 2_000_000, endMarker: 'end' };
const success = frame(3, '{"status":"Success"}');

let server: Scripted;
let door: OpenDoor;
let offered: string[][];

beforeEach(async () => {
  server = await scripted();
  door = doorTo(`${server.url}/k8s/clusters/c-1`);
  offered = [];
});
afterEach(async () => {
  await door.close();
  await server.close();
});

function frame(channel: number, payload: string | readonly number[]): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(payload as string)]);
}

function serve(protocol: string, onSocket: (socket: WebSocket) => void): void {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (all) => {
      offered.push([...all]);
      return protocol;
    },
  });
  server.server.on('upgrade', (request, socket, head) => {
    server.requests.push(request);
    sockets.handleUpgrade(request, socket, head, onSocket);
  });
}

function refuseWith(lines: readonly string[]): void {
  server.server.on('upgrade', (_, socket) => void socket.end(lines.join('\r\n')));
}

function exec(over: Partial<ExecOptions> = {}, signal = new AbortController().signal) {
  const deps = { door, userAgent: 'test', signal, onRequest: () => undefined };
  const target = { namespace: 'shop', pod: 'checkout', container: 'app' };
  return openExec({ ...deps, enter: async () => () => undefined }, target, ['true'], { ...options, ...over });
}

describe('workers/adapters/exec-frames', () => {
  it('offers both versions, the newer one first, with the credentials and below the path of the server', async () => {
    serve('v5.channel.k8s.io', (socket) => socket.send(success));

    await exec().done;

    expect(offered).toEqual([['v5.channel.k8s.io', 'v4.channel.k8s.io']]);
    expect(server.requests[0]?.url).toMatch(/^\/k8s\/clusters\/c-1\/api\/v1\/namespaces\/shop\/pods\/checkout\/exec\?/);
    expect(server.requests[0]?.headers).toMatchObject({
      ...{ authorization: `Bearer ${secretToken}`, 'user-agent': 'test' },
    });
  });

  it('decodes each stream for itself, whatever is cut and whatever comes between', async () => {
    serve('v5.channel.k8s.io', (socket) => {
      socket.send(frame(1, []));
      socket.send(frame(1, [0xe2, 0x82]));
      socket.send(frame(2, [0xc3]));
      socket.send(frame(7, 'nobody listens on this channel'));
      socket.send(frame(1, [0xac]));
      socket.send(frame(2, [0xa9]));
      socket.send(frame(1, '\nend\n'));
      socket.send(success);
    });

    expect(await exec().done).toMatchObject({ kind: 'exited', code: 0, stdout: '€\nend\n', stderr: 'é' });
  });

  it.each`
    situation                        | act                                                            | detail
    ${'a status that is none'}       | ${(socket: WebSocket) => socket.send(frame(3, 'so so'))}       | ${'the session ended with an unreadable status'}
    ${'a close without a status'}    | ${(socket: WebSocket) => socket.close(1000)}                   | ${'the session closed without a status (1000)'}
    ${'a connection that is cut'}    | ${(socket: WebSocket) => socket.terminate()}                   | ${'the session closed without a status (1006)'}
    ${'a frame that no kubelet cut'} | ${(socket: WebSocket) => socket.send(Buffer.alloc(1_100_000))} | ${expect.stringContaining('broke off')}
  `('reports $situation', async ({ act, detail }) => {
    serve('v5.channel.k8s.io', act);

    expect(await exec().done).toEqual({ kind: 'transport-failed', detail, stdout: '' });
  });

  it.each`
    protocol               | said
    ${'v5.channel.k8s.io'} | ${[[255, 0]]}
    ${'v4.channel.k8s.io'} | ${[]}
  `('ends the input and closes over $protocol when it has had enough', async ({ protocol, said }) => {
    const heard: number[][] = [];
    const { promise: closed, resolve } = Promise.withResolvers<number>();
    serve(protocol, (socket) => {
      socket.on('message', (data: Buffer) => heard.push([...data]));
      socket.once('close', resolve);
      socket.send(frame(1, 'x'.repeat(11)));
    });

    const outcome = await exec({ maxBytes: 10 }).done;

    expect(outcome).toEqual({ kind: 'output-capped', bytes: 11, stdout: '' });
    expect(await closed).toBe(1000);
    expect(heard).toEqual(said);
  });

  it('cuts the connection of a server that does not close it', async () => {
    const { promise: cut, resolve } = Promise.withResolvers<void>();
    server.server.on('upgrade', ({ headers }, socket) => {
      const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash('sha1').update(key).digest('base64');
      const words = ['upgrade: websocket', 'connection: upgrade', `sec-websocket-accept: ${accept}`];
      const lines = ['HTTP/1.1 101 x', ...words, 'sec-websocket-protocol: v5.channel.k8s.io', '', ''];
      socket.on('error', () => undefined).on('end', resolve);
      // Takes our Close and never answers it.
      socket.on('data', () => undefined);
      socket.write(Buffer.concat([Buffer.from(lines.join('\r\n')), Buffer.from([0x82, 2]), frame(1, 'x')]));
    });

    expect(await exec({ maxBytes: 0 }).done).toMatchObject({ kind: 'output-capped', bytes: 1 });

    await cut;
  });

  it('says a bare refusal, which is no answer of RBAC', async () => {
    refuseWith(['HTTP/1.1 403 Forbidden', 'content-length: 0', 'connection: close', '', '']);

    expect(await exec().done).toEqual({ kind: 'refused', status: 403, detail: 'HTTP 403 without a reason' });
  });

  it('keeps what has arrived of a refusal that breaks off', async () => {
    server.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 1000\r\n\r\nno healthy upstr\u00e9am', () =>
        socket.destroy(),
      );
    });

    expect(await exec().done).toEqual({ kind: 'refused', status: 502, detail: 'no healthy upstréam' });
  });

  it('reads no refusal to its end that has none', async () => {
    server.server.on('upgrade', (_, socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 500 Internal Server Error\r\n\r\n');
      const more = (): void => void (socket.writable && socket.write('words '.repeat(1_000), () => setImmediate(more)));
      more();
    });

    expect(await exec().done).toMatchObject({ kind: 'refused', status: 500, detail: expect.stringMatching(/…$/) });
  });

  it('waits no longer than its deadline for credentials', async () => {
    door = { ...door, credentials: () => new Promise(() => undefined) };

    expect(await exec({ deadlineMs: 50 }).done).toMatchObject({
      kind: 'transport-failed',
      detail: expect.stringContaining('take too long'),
    });
  });

  it('is aborted while it waits for credentials', async () => {
    const stop = new AbortController();
    const asked = new Promise<void>((resolve) => {
      const credentials = () => {
        resolve();
        return new Promise<never>(() => undefined);
      };
      door = { ...door, credentials };
    });
    const { done } = exec({}, stop.signal);
    await asked;

    stop.abort();

    expect(await done).toEqual({ kind: 'aborted' });
  });

  it('says what it tried to reach when the other side speaks no TLS', async () => {
    door = { ...door, server: server.url.replace('http', 'https') };
    const outcome = await exec().done;

    expect(outcome).toEqual({
      ...{ kind: 'transport-failed', stdout: '' },
      detail: `What answers at ${new URL(server.url).host} speaks no TLS that we understand (EPROTO)`,
    });
  });
});
