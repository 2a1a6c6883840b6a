import { setTimeout as pause } from 'node:timers/promises';
import { isShape, type Shape } from './problems.ts';
import type { Trouble } from './switches.ts';
import type { Traffic } from './traffic.ts';

export type PayloadKind = 'slash_commands' | 'interactive' | 'events_api';

export interface Retry {
  readonly attempt: number;
  readonly reason: 'timeout' | 'http_error';
}

/** What became of one attempt to reach the app. */
export type Receipt =
  | { readonly acknowledged: true; readonly response: Shape | undefined; readonly afterMs: number }
  | { readonly acknowledged: false; readonly error: 'operation_timeout' | 'dispatch_failed'; readonly afterMs: number };

export interface Parcel {
  readonly kind: PayloadKind;
  readonly envelopeId: string;
  readonly payload: Shape;
  readonly retry?: Retry;
}

/** Socket Mode or signed HTTP. Resolves within the three seconds that the app has, never rejects. */
export interface Transport {
  deliver(parcel: Parcel): Promise<Receipt & { readonly via: string }>;
}

export interface Delivery extends Parcel {
  /** The one connection or address that got it. */
  readonly via: string;
  readonly receipt: Receipt;
}

export interface Courier {
  readonly deliveries: readonly Delivery[];
  /** Resolves when every copy of the payload has been answered or given up; the first copy's receipt counts. */
  deliver(kind: PayloadKind, payload: Shape): Promise<Receipt>;
  close(): void;
}

export interface CourierOptions {
  readonly transport: Transport;
  readonly trouble: Trouble;
  readonly traffic: Traffic;
  readonly eventRetryDelaysMs: readonly number[];
}

/** What a payload is about, in as few words as tell it from the next. */
function subjectOf({ type, command, text, event, actions, action_id: menu, view }: Shape): string {
  if (typeof command === 'string') return `${command} ${String(text)}`.trim();
  if (isShape(event)) return String(event.type);
  const [action] = Array.isArray(actions) ? actions : [];
  const id = isShape(action) ? action.action_id : (menu ?? (isShape(view) ? view.callback_id : undefined));
  return [type, id].filter((part) => typeof part === 'string' && part !== '').join(' ');
}

export function createCourier({ transport, trouble, traffic, eventRetryDelaysMs }: CourierOptions): Courier {
  const deliveries: Delivery[] = [];
  const stopping = new AbortController();

  async function attempt(parcel: Parcel): Promise<Receipt> {
    const { via, ...receipt } = await transport.deliver(parcel);
    deliveries.push({ ...parcel, via, receipt });
    const repeated = parcel.retry ? `, retry ${parcel.retry.attempt}` : '';
    traffic.note({
      from: 'slack',
      what: parcel.kind,
      note: `${subjectOf(parcel.payload)} by ${via}${repeated}`,
      outcome: receipt.acknowledged ? 'acknowledged' : receipt.error,
      isFailure: !receipt.acknowledged,
      tookMs: receipt.afterMs,
      sent: parcel.payload,
      answer: receipt.acknowledged ? (receipt.response ?? null) : null,
    });
    return receipt;
  }

  /** Slack repeats events, and events alone, until the app acknowledges one of the attempts. */
  async function persist(parcel: Parcel, first: Receipt): Promise<Receipt> {
    let receipt = first;
    for (const [index, delayMs] of eventRetryDelaysMs.entries()) {
      if (receipt.acknowledged || stopping.signal.aborted) return receipt;
      const reason = receipt.error === 'operation_timeout' ? 'timeout' : 'http_error';
      // Closing the workspace ends the wait; there is nobody left to deliver to.
      await pause(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) receipt = await attempt({ ...parcel, retry: { attempt: index + 1, reason } });
    }
    return receipt;
  }

  return {
    deliveries,

    async deliver(kind, payload) {
      const parcel = { kind, payload, envelopeId: crypto.randomUUID() };
      const copies = [attempt(parcel)];
      if (trouble.takeDuplicate()) copies.push(attempt({ ...parcel, retry: { attempt: 1, reason: 'timeout' } }));
      const [first] = await Promise.all(copies);
      if (!first) throw new Error('unreachable: there is always a first copy');
      return kind === 'events_api' ? persist(parcel, first) : first;
    },

    close: () => stopping.abort(),
  };
}
