import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Attributes, AttributeValue, ContextManager, Exception, Span, Telemetry } from 'bullmq';
import type { Logger } from 'pino';

/** Where a trace goes on: W3C's trace context, without its state. */
type Place = { readonly traceId: string; readonly spanId: string } | undefined;

export interface TracesOptions {
  /** Of an OTLP collector over HTTP, without the path. */
  readonly endpoint: string;
  /** `ipv6check-bot` and its like. */
  readonly service: string;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly intervalMs?: number;
}

export interface Traces {
  /** For BullMQ's queues and workers: a job's trace goes on where it was enqueued. */
  readonly telemetry: Telemetry<Place>;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** A collector that is away must not fill the memory of a process. */
const mostKept = 2_000;

/** Spans in OTLP's JSON, in batches. What a collector does not take is dropped: a trace is worth no delay. */
export function otlpTraces({ endpoint, service, log, intervalMs = 2_000 }: TracesOptions): Traces {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  let ended: unknown[] = [];
  let isAway = false;

  async function send(): Promise<void> {
    const spans = ended;
    ended = [];
    if (spans.length === 0) return;
    const resource = { attributes: attributesOf({ 'service.name': service }) };
    const body = { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'ipv6check' }, spans }] }] };
    try {
      const response = await fetch(url, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
        signal: AbortSignal.timeout(5_000),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the collector answered ${response.status}`);
      if (isAway) log.info('traces are taken again');
      isAway = false;
    } catch (err) {
      if (!isAway) log.warn({ err, spans: spans.length }, 'traces are not taken and are dropped');
      isAway = true;
    }
  }
  const timer = setInterval(() => void send(), intervalMs).unref();

  const places = new AsyncLocalStorage<Place>();
  const contextManager: ContextManager<Place> = {
    with: (place, work) => places.run(place, work),
    active: () => places.getStore(),
    getMetadata: (place) => (place ? `00-${place.traceId}-${place.spanId}-01` : ''),
    fromMetadata: (active, metadata) => {
      const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(metadata) ?? [];
      return traceId && spanId ? { traceId, spanId } : active;
    },
  };
  const keep = (span: unknown): void => {
    if (ended.length < mostKept) ended.push(span);
  };
  return {
    telemetry: {
      contextManager,
      tracer: {
        startSpan: (name, options, place = places.getStore()) => startSpan(name, options?.kind ?? 0, place, keep),
      },
    },
    async close() {
      clearInterval(timer);
      await send();
    },
  };
}

function startSpan(name: string, kind: number, parent: Place, keep: (span: unknown) => void): Span<Place> {
  const place = { traceId: parent?.traceId ?? randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
  const startTimeUnixNano = nanoseconds();
  const attributes: Record<string, AttributeValue | undefined> = {};
  const events: unknown[] = [];
  let status: object = {};
  return {
    setSpanOnContext: () => place,
    setAttribute: (key, value) => {
      attributes[key] = value;
    },
    setAttributes: (more) => void Object.assign(attributes, more),
    addEvent: (event, more = {}) => {
      events.push({ name: event, timeUnixNano: nanoseconds(), attributes: attributesOf(more) });
    },
    recordException: (exception) => {
      const message = messageOf(exception);
      status = { code: 2, message };
      const more = { 'exception.message': message };
      events.push({ name: 'exception', timeUnixNano: nanoseconds(), attributes: attributesOf(more) });
    },
    end: () => {
      keep({
        ...{ ...place, ...(parent ? { parentSpanId: parent.spanId } : {}), name },
        // BullMQ counts kinds from 0, OTLP from 1.
        ...{ kind: kind + 1, startTimeUnixNano, endTimeUnixNano: nanoseconds() },
        ...{ attributes: attributesOf(attributes), events, status },
      });
    },
  };
}

/** Too large for a number, so OTLP's JSON has it as text. */
function nanoseconds(): string {
  return String(BigInt(Math.round((performance.timeOrigin + performance.now()) * 1_000)) * 1_000n);
}

function attributesOf(attributes: Attributes): unknown[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: otlpValue(value) }],
  );
}

function otlpValue(value: AttributeValue): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}

function messageOf(exception: Exception): string {
  return typeof exception === 'string' ? exception : String(exception.message ?? exception.name ?? 'failed');
}
