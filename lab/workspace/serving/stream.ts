import type { ServerResponse } from 'node:http';
import type { User } from '../people.ts';
import { type Lab, snapshotFor } from './snapshot.ts';

const gatherMs = 25;
const heartbeatMs = 15_000;

/** Server-sent events for one reader: all that they see, after every change, and the traffic that is new. */
export function openStream(lab: Lab, me: User, response: ServerResponse): { refresh(): void; close(): void } {
  let lastSeq = 0;
  let lastShown = '';
  let waiting: NodeJS.Timeout | undefined;

  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event: string, data: string): void => void response.write(`event: ${event}\ndata: ${data}\n\n`);

  function show(): void {
    waiting = undefined;
    const shown = JSON.stringify(snapshotFor(lab, me));
    if (shown !== lastShown) send('snapshot', shown);
    lastShown = shown;

    const fresh = lab.workspace.traffic.filter(({ seq }) => seq > lastSeq);
    lastSeq = fresh.at(-1)?.seq ?? lastSeq;
    if (fresh.length > 0) send('traffic', JSON.stringify(fresh));
  }

  /** Changes come in bursts; a reader sees no difference between them. */
  function refresh(): void {
    waiting ??= setTimeout(show, gatherMs);
  }

  const forget = lab.workspace.onChange(refresh);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  show();
  return {
    refresh,
    close() {
      forget();
      clearInterval(heartbeat);
      clearTimeout(waiting);
      response.end();
    },
  };
}
