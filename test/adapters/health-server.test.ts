import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HealthServer, startHealthServer } from '../../src/adapters/health-server.ts';
import type { Readiness } from '../../src/adapters/readiness.ts';

const host = '127.0.0.1';

describe('adapters/health-server', () => {
  let server: HealthServer;
  let readiness: Readiness;
  let scrape: () => Promise<string>;

  beforeEach(async () => {
    readiness = { isReady: true, parts: { redis: { isReady: true } } };
    scrape = async () => 'ipv6check_ready{part="redis"} 1\n';
    const metrics = { contentType: 'text/plain; version=0.0.4', scrape: () => scrape() };
    server = await startHealthServer({ port: 0, host, readiness: async () => readiness, metrics });
  });
  afterEach(() => server.close());

  const ask = (path: string, init?: RequestInit) => fetch(`http://${host}:${server.port}${path}`, init);

  it('is healthy as long as it answers, whatever is not ready', async () => {
    readiness = { isReady: false, parts: {} };

    expect((await ask('/healthz')).status).toBe(200);
  });

  it('names each part with its reason where one is not ready, and answers 503', async () => {
    const slack = { isReady: false, reason: 'not connected to Slack', detail: { lastEventAgeSeconds: 7 } };
    readiness = { isReady: false, parts: { redis: { isReady: true }, slack } };

    const answer = await ask('/readyz');

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, parts: { redis: { isReady: true }, slack } });
  });

  it('answers 200 where all parts are ready', async () => {
    const answer = await ask('/readyz');

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ ready: true });
  });

  it('shows the metrics in the type that Prometheus asks for', async () => {
    const answer = await ask('/metrics');

    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await answer.text()).toBe('ipv6check_ready{part="redis"} 1\n');
  });

  it('answers a failure of its own with 500 and lives on', async () => {
    scrape = () => Promise.reject(new Error('no metrics today'));

    expect((await ask('/metrics')).status).toBe(500);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it.each`
    path                    | method    | status
    ${'/'}                  | ${'GET'}  | ${404}
    ${'/__proto__'}         | ${'GET'}  | ${404}
    ${'/healthz/more'}      | ${'GET'}  | ${404}
    ${'/healthz?verbose=1'} | ${'GET'}  | ${200}
    ${'/healthz'}           | ${'HEAD'} | ${200}
    ${'/readyz'}            | ${'POST'} | ${405}
  `('answers $status to $method $path', async ({ path, method, status }) => {
    expect((await ask(path, { method })).status).toBe(status);
  });

  it('says so when its port is taken', async () => {
    const metrics = { contentType: '', scrape };
    const second = startHealthServer({ port: server.port, host, readiness: async () => readiness, metrics });

    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('frees its port when it is closed, although one holds its connection and another never ends its request', async () => {
    await ask('/healthz');
    const { port } = server;
    const half = connect(port, host);
    await new Promise((resolve) => half.write('GET /healthz HTTP/1.1\r\n', resolve));
    // By the second answer the first one's half has arrived.
    await ask('/healthz');
    half.on('error', () => {}); // it is cut off
    await server.close();

    const again = createServer();
    await new Promise<void>((resolve, reject) => again.once('error', reject).listen(port, host, resolve));
    await new Promise((resolve) => again.close(resolve));
    server = await startHealthServer({
      port: 0,
      host,
      readiness: async () => readiness,
      metrics: { contentType: '', scrape },
    });
  });
});
