import { useState } from 'preact/hooks';
import type { ExchangeShown } from './protocol.ts';

interface Props {
  readonly traffic: readonly ExchangeShown[];
  onClose(): void;
}

/** What app and Slack say to each other, newest first: whom a method asked, what it sent, what it got. */
export function Inspector({ traffic, onClose }: Props) {
  const [wanted, setWanted] = useState('');
  const [areFailuresAlone, setFailuresAlone] = useState(false);
  const found = traffic.filter(
    (exchange) => (!areFailuresAlone || exchange.isFailure) && textOf(exchange).includes(wanted.toLowerCase()),
  );
  return (
    <section class="inspector" aria-label="Traffic between the app and Slack">
      <header>
        <h2>Traffic</h2>
        <input
          type="search"
          aria-label="Find in the traffic"
          placeholder="method, payload, answer"
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
        <label>
          <input
            type="checkbox"
            checked={areFailuresAlone}
            onChange={({ currentTarget }) => setFailuresAlone(currentTarget.checked)}
          />
          failures alone
        </label>
        <span class="count">
          {found.length} of {traffic.length}
        </span>
        <button type="button" class="plain" aria-label="Close the traffic" onClick={onClose}>
          ✕
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls what it can focus */}
      <section class="exchanges" tabIndex={0} aria-label="Exchanges">
        {found.toReversed().map((exchange) => (
          <Exchange key={exchange.seq} exchange={exchange} />
        ))}
      </section>
    </section>
  );
}

const textOf = ({ what, outcome, note, sent, answer }: ExchangeShown): string =>
  `${what} ${outcome} ${note} ${JSON.stringify(sent)} ${JSON.stringify(answer)}`.toLowerCase();

const ways = { app: 'app → Slack', slack: 'Slack → app' } as const;

/** Payloads are long: they are drawn only once somebody opens one. */
function Exchange({ exchange }: { exchange: ExchangeShown }) {
  const [isOpen, setOpen] = useState(false);
  const { at, from, what, note, outcome, isFailure, tookMs } = exchange;
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <time>{new Date(at).toLocaleTimeString('en-GB')}</time>
        <span class={`way from-${from}`}>{ways[from]}</span>
        <b>{what}</b>
        <span class="note">{note}</span>
        <span class={isFailure ? 'failure' : 'success'}>{outcome}</span>
        <span class="took">{Math.round(tookMs)} ms</span>
      </summary>
      {isOpen && (
        <div class="sides">
          <Side title="Sent" value={exchange.sent} />
          <Side title="Answer" value={exchange.answer} />
        </div>
      )}
    </details>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls what it can focus */}
      <pre tabIndex={0}>{JSON.stringify(unfolded(value), null, 2)}</pre>
    </div>
  );
}

/** Form fields carry structures as JSON text, which nobody wants to read in one line. */
function unfolded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (typeof each !== 'string' || !/^[[{]/.test(each)) return [key, each];
      try {
        return [key, JSON.parse(each)];
      } catch {
        return [key, each]; // it only looked like JSON
      }
    }),
  );
}
