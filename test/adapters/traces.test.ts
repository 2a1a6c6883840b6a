import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bullJobs } from '../../src/adapters/queue.ts';
import { connectRedis } from '../../src/adapters/redis.ts';
import { otlpTraces, type Traces } from '../../src/adapters/traces.ts';
import { bullWorker } from '../../src/adapters/worker.ts';
import { diagnoseJob } from '../../src/jobs/diagnose.ts';
import { captureLog, type TestLog } from '../helpers/log.ts';
import { startOwnRedis } from '../helpers/redis.ts';

interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly events: readonly { readonly name: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

describe('adapters/traces', () => {
  let collector: Server;
  let paths: string[];
  let services: unknown[];
  let spans: Sent[];
  let status: number;
  let output: TestLog;
  let endpoint: string;
  let undo: (() => unknown)[];

  beforeEach(async () => {
    [paths, services, spans, status, output, undo] = [[], [], [], 200, captureLog(), []];
    collector = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        paths.push(`${request.method} ${request.url}`);
        if (status === 200) {
          const [{ resource, scopeSpans }] = JSON.parse(text).resourceSpans;
          services.push(resource.attributes[0].value.stringValue);
          spans.push(...scopeSpans[0].spans);
        }
        response.writeHead(status).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const step of undo.toReversed()) await step();
    collector.closeAllConnections();
    collector.close();
  });

  function trace(service = 'ipv6check-bot', intervalMs = 10): Traces {
    const traces = otlpTraces({ endpoint: `${endpoint}/`, service, log: output.log, intervalMs });
    undo.push(() => traces.close());
    return traces;
  }

  it('follows a job from where it was enqueued to where it was done', async () => {
    const redis = await startOwnRedis();
    const connection = connectRedis({ ...redis, deadlineMs: 2_000 });
    undo.push(
      () => redis.stop(),
      () => connection.close(),
    );
    const jobs = bullJobs(connection, redis.keyPrefix, trace().telemetry);
    undo.push(() => jobs.close());
    const fast = { concurrency: 1, lockMs: 1_000, stalledMs: 500, log: output.log, handle: async () => 'done' };
    const { telemetry } = trace('ipv6check-probe');
    const worker = bullWorker({ url: redis.url, prefix: redis.keyPrefix, queue: 'probe-lab', telemetry, ...fast });
    undo.push(() => worker.close());
    const target = { kind: 'pod', namespace: 'shop', name: 'checkout' } as const;
    const place = { cluster: 'lab', team: 'T1', channel: 'C0SECRET', requestedBy: 'U1' };
    await jobs.enqueue(diagnoseJob, { v: 1, requestId: randomUUID(), target, destination: null, ...place });

    const named = (words: RegExp) => spans.find(({ name }) => words.test(name));
    await expect.poll(() => named(/^process/), { timeout: 5_000 }).toBeDefined();
    const [added, processed] = [named(/^add/)!, named(/^process/)!];
    expect(processed.traceId).toBe(added.traceId);
    expect(processed.parentSpanId).toBe(added.spanId);
    expect([added.kind, processed.kind]).toEqual([4, 5]);
    expect(new Set(services)).toEqual(new Set(['ipv6check-bot', 'ipv6check-probe']));
    expect(paths.every((path) => path === 'POST /v1/traces')).toBe(true);
    // Of a job its ids and times, and nothing of what it is about.
    expect(JSON.stringify(spans)).not.toMatch(/C0SECRET|checkout/);
  });

  it('sends what a span was told, in the words of OTLP', async () => {
    const { tracer, contextManager } = trace().telemetry;
    const parent = tracer.startSpan('outer');
    const place = parent.setSpanOnContext(undefined);
    contextManager.with(place, () => {
      const span = tracer.startSpan('inner', { kind: 2 });
      span.setAttribute('text', 'words');
      span.setAttributes({ whole: 3, part: 0.5, is: true, list: ['a'], none: undefined });
      span.addEvent('something', { at: 'once' });
      span.recordException(new Error('it failed'));
      span.end();
    });

    await expect.poll(() => spans.length).toBe(1);
    const [span] = spans as [Sent];
    expect(span).toMatchObject({ name: 'inner', kind: 3, ...{ traceId: place!.traceId, parentSpanId: place!.spanId } });
    expect(Object.fromEntries(span.attributes.map(({ key, value }) => [key, value]))).toEqual({
      ...{ text: { stringValue: 'words' }, whole: { intValue: '3' }, part: { doubleValue: 0.5 } },
      ...{ is: { boolValue: true }, list: { stringValue: '["a"]' } },
    });
    expect(span.events.map(({ name }) => name)).toEqual(['something', 'exception']);
    expect(span.status).toEqual({ code: 2, message: 'it failed' });
    const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
    expect(end >= start).toBe(true);
    expect(Math.abs(Number(start / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });

  it.each(['', 'nonsense', '00-short-0123456789abcdef-01'])('begins anew where a job carries %j', (metadata) => {
    const { contextManager } = trace().telemetry;

    expect(contextManager.fromMetadata(undefined, metadata)).toBeUndefined();
  });

  it('carries its place as W3C writes it', () => {
    const { contextManager } = trace().telemetry;
    const place = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

    expect(contextManager.getMetadata(place)).toBe(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
    expect(contextManager.fromMetadata(undefined, contextManager.getMetadata(place))).toEqual(place);
    expect(contextManager.getMetadata(undefined)).toBe('');
  });

  it('drops what a collector does not take, says so once, and goes on when it does', async () => {
    status = 503;
    const { tracer } = trace().telemetry;
    const said = (words: string) => output.lines.filter(({ msg }) => String(msg).includes(words)).length;
    for (const tries of [1, 2]) {
      tracer.startSpan('lost').end();
      await expect.poll(() => paths.length).toBe(tries);
    }
    await expect.poll(() => said('dropped')).toBe(1);

    status = 200;
    tracer.startSpan('taken').end();
    await expect.poll(() => said('taken again')).toBe(1);

    expect(spans.map(({ name }) => name)).toEqual(['taken']);
    expect(said('dropped')).toBe(1);
  });

  it('keeps no more than it may while a collector is away, and sends the rest when it is closed', async () => {
    const traces = trace('ipv6check-bot', 3_600_000);
    for (let count = 0; count < 2_500; count += 1) traces.telemetry.tracer.startSpan(`span ${count}`).end();

    await traces.close();

    expect(spans).toHaveLength(2_000);
    expect(spans[0]?.name).toBe('span 0');
  });
});
