import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { Parcel, Receipt, Transport } from './delivery.ts';
import { limits } from './limits.ts';
import { isShape, type Shape } from './problems.ts';
import type { State } from './state.ts';

/** Commands are plain form fields, interactions one `payload` field of JSON, events a JSON body. */
function encoded({ kind, payload }: Parcel): { readonly type: string; readonly body: string } {
  const form = 'application/x-www-form-urlencoded';
  if (kind === 'events_api') return { type: 'application/json', body: JSON.stringify(payload) };
  if (kind === 'interactive') {
    return { type: form, body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() };
  }
  const fields = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
  return { type: form, body: new URLSearchParams(fields).toString() };
}

export function signature(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function responseOf(body: string, type: string): Shape | undefined {
  if (body.trim() === '') return undefined;
  if (!type.startsWith('application/json')) return { text: body };
  const parsed: unknown = JSON.parse(body);
  return isShape(parsed) ? parsed : { text: String(parsed) };
}

function retryHeaders({ retry }: Parcel): Record<string, string> {
  if (!retry) return {};
  const reason = retry.reason === 'timeout' ? 'http_timeout' : 'http_error';
  return { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': reason };
}

export function createHttpDelivery({ credentials, now }: State, address: string): Transport {
  const requestUrl = new URL(address).href;

  return {
    deliver(parcel) {
      const started = performance.now();
      const { type, body } = encoded(parcel);
      const timestamp = Math.floor(now() / 1_000);
      const { promise, resolve } = Promise.withResolvers<Receipt & { via: string }>();
      const how = () => ({ afterMs: performance.now() - started, via: requestUrl });
      const failed = (error: 'operation_timeout' | 'dispatch_failed'): void =>
        resolve({ acknowledged: false, error, ...how() });

      const outgoing = request(requestUrl, {
        method: 'POST',
        agent: false,
        signal: AbortSignal.timeout(limits.ackMs),
        headers: {
          'content-type': type,
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': signature(credentials.signingSecret, timestamp, body),
          ...retryHeaders(parcel),
        },
      });
      outgoing.on('error', (error) => failed(error.name === 'AbortError' ? 'operation_timeout' : 'dispatch_failed'));
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
        incoming.on('error', () => failed('operation_timeout'));
        incoming.on('end', () => {
          if (incoming.statusCode !== 200) return failed('dispatch_failed');
          try {
            const text = Buffer.concat(chunks).toString('utf8');
            const response = responseOf(text, incoming.headers['content-type'] ?? '');
            resolve({ acknowledged: true, response, ...how() });
          } catch {
            failed('dispatch_failed'); // announced JSON and sent something else
          }
        });
      });
      outgoing.end(body);
      return promise;
    },
  };
}
