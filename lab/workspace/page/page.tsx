import { useEffect, useMemo, useState } from 'preact/hooks';
import { Channel } from './channel.tsx';
import { Home } from './home.tsx';
import { Inspector } from './inspector.tsx';
import { type Lab, LabContext, perform, useLive } from './lab.ts';
import { Modal } from './modal.tsx';
import { type Place, placeIn, readAddress, writeAddress } from './place.ts';
import { Sidebar } from './sidebar.tsx';
import { Thread } from './thread.tsx';

/** The whole workspace as one person sees it. */
export function Page() {
  const [as, setAs] = useState(() => readAddress(location.hash).as);
  const [wanted, setWanted] = useState<Place>(() => readAddress(location.hash).place);
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);
  const [isInspecting, setInspecting] = useState(false);
  const { shown, traffic, isLive } = useLive(as);

  useEffect(() => writeAddress(as, wanted), [as, wanted]);
  // Until the next person's view is here the last one's stands, and what is done there is done as them.
  const me = shown?.people.find(({ id }) => id === shown.me)?.name ?? as;
  const lab = useMemo<Lab | null>(
    () =>
      shown && {
        shown,
        act: (deed) => perform(me, deed),
        openThread: (channel, ts) => setThread({ channel, ts }),
      },
    [shown, me],
  );
  if (!shown || !lab) {
    return <p class="waiting">{isLive ? 'Opening the workspace…' : 'The lab does not answer.'}</p>;
  }

  const place = placeIn(shown, wanted);
  const channel = shown.channels.find(({ id }) => id === place);
  const go = (next: Place): void => {
    setWanted(next);
    setThread(null);
    if (next === 'home') void lab.act({ kind: 'home' });
  };
  const isThreadOpen = thread !== null && thread.channel === place;
  document.title = `${channel ? channel.name : 'Home'} – ${me} – ipv6check lab`;

  return (
    <LabContext.Provider value={lab}>
      <button type="button" class="skip" onClick={() => document.getElementById('compose')?.focus()}>
        Skip to the message box
      </button>
      <div class={`workspace${isThreadOpen ? ' has-thread' : ''}${isInspecting ? ' has-inspector' : ''}`}>
        <Sidebar
          as={as}
          place={place}
          onGo={go}
          onBecome={(name) => setAs(name)}
          isInspecting={isInspecting}
          onInspect={() => setInspecting(!isInspecting)}
        />
        {!isLive && (
          <p class="lost" role="alert">
            The connection to the lab is lost. Trying again…
          </p>
        )}
        {channel ? <Channel key={`${shown.me} ${channel.id}`} channel={channel} /> : <Home />}
        {channel && isThreadOpen && (
          <Thread key={`${shown.me} ${thread.ts}`} channel={channel} ts={thread.ts} onClose={() => setThread(null)} />
        )}
        {isInspecting && <Inspector traffic={traffic} onClose={() => setInspecting(false)} />}
      </div>
      {shown.modal && <Modal key={shown.modal.id} view={shown.modal} />}
    </LabContext.Provider>
  );
}
