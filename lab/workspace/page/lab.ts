import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Deed, ExchangeShown, Outcome, Snapshot } from './protocol.ts';

/** What every part of the page may ask for: what there is to see, and to have something done. */
export interface Lab {
  readonly shown: Snapshot;
  act(deed: Deed): Promise<Outcome>;
  openThread(channel: string, ts: string): void;
}

export const LabContext = createContext<Lab | null>(null);

export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (!lab) throw new Error('this part is drawn outside of the lab');
  return lab;
}

export interface Live {
  readonly shown: Snapshot | null;
  readonly traffic: readonly ExchangeShown[];
  readonly isLive: boolean;
}

/** Follows the lab as one person; the server sends everything again after an interruption. */
export function useLive(as: string): Live {
  const [live, setLive] = useState<Live>({ shown: null, traffic: [], isLive: true });
  useEffect(() => {
    const source = new EventSource(`events?as=${encodeURIComponent(as)}`);
    let isFirst = true;
    source.addEventListener('open', () => {
      isFirst = true;
    });
    source.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
      const shown: Snapshot = JSON.parse(data);
      setLive((old) => ({ ...old, shown, isLive: true }));
    });
    source.addEventListener('traffic', ({ data }: MessageEvent<string>) => {
      const fresh: ExchangeShown[] = JSON.parse(data);
      const known = isFirst;
      isFirst = false;
      setLive((old) => ({ ...old, traffic: known ? fresh : [...old.traffic, ...fresh].slice(-500) }));
    });
    source.addEventListener('error', () => setLive((old) => ({ ...old, isLive: false })));
    return () => source.close();
  }, [as]);
  return live;
}

export async function perform(as: string, deed: Deed): Promise<Outcome> {
  try {
    const response = await fetch('deed', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as, deed }),
    });
    const outcome: Outcome = await response.json();
    return outcome;
  } catch {
    return { problem: 'The lab does not answer. Is it still running?' };
  }
}
