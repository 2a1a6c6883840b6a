import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RestOptions } from '../../../workers/adapters/rest.ts';
import { doorTo, type OpenDoor, restOver, type Scripted, scripted, secretToken } from './connecting.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let server: Scripted;
let door: OpenDoor;
let answers: Answer[];

beforeEach(async () => {
  answers = [];
  // The last answer is for all that come later.
  server = await scripted((request, response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, request);
  });
  door = doorTo(server.url);
});
afterEach(async () => {
  await door.close();
  await server.close();
});

const text =
  (code: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end(body);
const json = (body: unknown): Answer => text(200, JSON.stringify(body), { 'content-type': 'application/json' });
const drop: Answer = (response) => response.socket?.destroy();
const hang: Answer = () => undefined;
const pod = json({ kind: 'Pod', metadata: { name: 'a' } });

const get = (path = '/api/v1/namespaces/shop/pods/a') => ({ method: 'GET', path }) as const;
const post = { method: 'POST', path: '/apis/networking.k8s.io/v1/networkpolicies', body: { kind: 'x' } } as const;
const rest = (more: Partial<RestOptions> = {}) => restOver(door, more);

const askedOf = (at: number): URL => new URL(server.requests[at]?.url ?? '', server.url);

describe('workers/adapters/rest', () => {
  it('asks with its credentials, its name, and less time for the server than for itself', async () => {
    answers = [pod];

    expect(await rest().rest.read(get())).toEqual({ ok: true, value: { kind: 'Pod', metadata: { name: 'a' } } });
    expect(server.requests[0]).toMatchObject({
      ...{ method: 'GET', url: '/api/v1/namespaces/shop/pods/a?timeout=9s' },
      headers: { authorization: `Bearer ${secretToken}`, 'user-agent': 'ipv6check/test', accept: 'application/json' },
    });
  });

  it('sends a body as JSON, and none where there is none', async () => {
    let heard = '';
    answers = [
      (response, request) => {
        request.on('data', (chunk) => {
          heard += chunk;
        });
        request.on('end', () => pod(response, request));
      },
    ];
    await rest().rest.read(post);

    expect(heard).toBe('{"kind":"x"}');
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
    await rest().rest.read(get());
    expect(server.requests[1]?.headers).not.toHaveProperty('content-type');
  });

  it('keeps to the path of a server that has one', async () => {
    answers = [pod];
    door = { ...door, server: `${server.url}/k8s/clusters/c-1` };

    await rest().rest.read(get('/version'));

    expect(server.requests[0]?.url).toBe('/k8s/clusters/c-1/version?timeout=9s');
  });

  it('keeps its connection from one request to the next', async () => {
    answers = [pod];
    const client = rest();

    for (let count = 0; count < 20; count += 1) await client.rest.read(get());

    expect(server.requests).toHaveLength(20);
    // A second one is opened by a request that comes in the very moment in which the first ends.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('hands back what the server says against it', async () => {
    answers = [text(403, '{"kind":"Status","message":"pods \\"a\\" is forbidden:\\n User"}')];

    expect(await rest().rest.read(get())).toEqual({
      ...{ ok: false, reason: 'forbidden', status: 403, message: 'pods "a" is forbidden: User' },
    });
  });

  it.each`
    body                  | situation
    ${'<html>Sign in</h'} | ${'a page'}
    ${'[]'}               | ${'an array'}
    ${''}                 | ${'nothing'}
  `('does not take $situation with 200 for an object', async ({ body }) => {
    answers = [text(200, body)];

    expect(await rest().rest.read(get())).toMatchObject({ ok: false, reason: 'unavailable', status: 200 });
  });

  it('waits as long as it is asked to, and asks again', async () => {
    answers = [text(429, 'Too many requests', { 'retry-after': '1' }), text(503, '', { 'retry-after': '0' }), pod];
    const { rest: client, sent } = rest();
    const startedAt = performance.now();

    expect(await client.read(get())).toMatchObject({ ok: true });
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    expect(sent()).toBe(3);
  });

  it.each`
    situation                   | request  | answer                                            | reason           | sent
    ${'is throttled for long'}  | ${get()} | ${text(429, 'Too many', { 'retry-after': '30' })} | ${'throttled'}   | ${1}
    ${'is not told how long'}   | ${get()} | ${text(429, 'Too many')}                          | ${'throttled'}   | ${1}
    ${'is throttled each time'} | ${get()} | ${text(429, 'Too many', { 'retry-after': '0' })}  | ${'throttled'}   | ${3}
    ${'writes'}                 | ${post}  | ${text(429, 'Too many', { 'retry-after': '0' })}  | ${'throttled'}   | ${1}
    ${'is told of an error'}    | ${get()} | ${text(500, 'rpc error', { 'retry-after': '0' })} | ${'unavailable'} | ${1}
    ${'loses its connection'}   | ${get()} | ${drop}                                           | ${'unavailable'} | ${3}
    ${'loses it while writing'} | ${post}  | ${drop}                                           | ${'unavailable'} | ${1}
  `('gives up after $sent when it $situation', async ({ request, answer, reason, sent }) => {
    answers = [answer];
    const client = rest();

    expect(await client.rest.read(request)).toMatchObject({ ok: false, reason });
    expect(client.sent()).toBe(sent);
    expect(server.requests).toHaveLength(sent);
  });

  it('asks again when a kept connection turns out to be gone, also in the middle of an answer', async () => {
    answers = [
      drop,
      (response) => response.writeHead(200, { 'content-length': '100' }).write('{', () => response.socket?.destroy()),
      pod,
    ];

    expect(await rest().rest.read(get())).toMatchObject({ ok: true });
  });

  it.each`
    situation                  | answer
    ${'never answers'}         | ${hang}
    ${'never ends its answer'} | ${(response: ServerResponse) => response.writeHead(200).write('{"kind":')}
  `('gives up at its deadline on a server that $situation', async ({ answer }) => {
    answers = [answer];
    const { rest: client, sent } = rest({ deadlineMs: 600 });

    expect(await client.read(get())).toEqual({
      ...{ ok: false, reason: 'unavailable', status: 0 },
      message: `The API server at ${new URL(server.url).host} does not answer within 1 s`,
    });
    expect(sent()).toBe(1);
    expect(askedOf(0).searchParams.get('timeout')).toBe('1s');
  });

  it('waits for no credentials that never come', async () => {
    door = { ...door, credentials: () => new Promise(() => undefined) };

    expect(await rest({ deadlineMs: 50 }).rest.read(get())).toMatchObject({
      ...{ ok: false, reason: 'unavailable', status: 0, message: expect.stringContaining('take too long') },
    });
    expect(server.requests).toEqual([]);
  });

  it('stops with its run, waiting or asking', async () => {
    answers = [hang];
    const stop = new AbortController();
    const asking = rest({ signal: stop.signal });
    const open = asking.rest.read(get());
    await once(server.server, 'request');
    answers = [text(429, '', { 'retry-after': '2' })];
    const pausing = rest({ signal: stop.signal });
    const paused = pausing.rest.read(get());
    await once(server.server, 'request');

    stop.abort();

    const stopped = { ok: false, reason: 'unavailable', status: 0, message: 'The run was stopped' };
    expect(await open).toEqual(stopped);
    expect(await paused).toEqual(stopped);
    expect(await asking.rest.read(get())).toEqual(stopped);
    expect(server.requests).toHaveLength(2);
  });

  it('reads no answer to its end that has none', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    answers = [
      (response) => {
        const more = (): void => void (response.writable && response.write(megabyte, more));
        more();
      },
    ];

    expect(await rest().rest.read(get())).toEqual({
      ...{ ok: false, reason: 'unavailable', status: 0, message: 'An answer of the API server is too long' },
    });
  });

  it.each([
    '',
    'api',
    '/api//pods',
    '/api/../version',
    '/api/.',
    '/api/v1/pods?x=1',
    '/a b',
    '/api/%2e',
    '/x#y',
    '//host/x',
  ])('asks for nothing at "%s", which no validated name makes', async (path) => {
    const client = rest();

    expect(await client.rest.read(get(path))).toMatchObject({ ok: false, reason: 'invalid', status: 0 });
    expect(client.sent()).toBe(0);
  });

  it('puts characters together that the network cut', async () => {
    const whole = Buffer.from('{"a":"€"}');
    answers = [
      (response) => {
        response.writeHead(200).write(whole.subarray(0, 7), () => setImmediate(() => response.end(whole.subarray(7))));
      },
    ];

    expect(await rest().rest.read(get())).toEqual({ ok: true, value: { a: '€' } });
  });

  it('names no credential, however it fails', async () => {
    answers = [drop];
    const outcomes = [await rest().rest.read(get())];
    answers = [text(401, '')];
    outcomes.push(await rest().rest.read(get()));
    await server.close();
    outcomes.push(await rest().rest.read(get()));

    expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, false, false]);
    expect(inspect(outcomes, { depth: 20, showHidden: true })).not.toContain(secretToken);
  });
});
