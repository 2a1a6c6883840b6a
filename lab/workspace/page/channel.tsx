import { useEffect, useRef, useState } from 'preact/hooks';
import { Composer } from './composer.tsx';
import { dateOf, dayName } from './dates.ts';
import { useLab } from './lab.ts';
import { Message } from './message.tsx';
import type { ChannelShown, MessageShown } from './protocol.ts';
import { useStickToEnd } from './stick.ts';

const togetherSeconds = 300;

export function Channel({ channel }: { channel: ChannelShown }) {
  const { shown, act } = useLab();
  const { id } = channel;
  const all = shown.messages.filter((message) => message.channel === id);
  const roots = all.filter(({ threadTs }) => threadTs === null);
  // What was new on coming here stays marked until one leaves.
  const [firstUnseen] = useState(
    () => roots.find(({ ts, user }) => Number(ts) > Number(channel.readTs) && user !== shown.me)?.ts,
  );
  const lastTs = roots.at(-1)?.ts;
  const list = useRef<HTMLDivElement>(null);

  useStickToEnd(list);
  useEffect(() => {
    if (lastTs && channel.isMember) void act({ kind: 'read', channel: id, ts: lastTs });
  }, [lastTs]);

  const sign = channel.kind === 'im' ? '@' : '#';
  return (
    <main class="channel">
      <header class="head">
        <h1>
          <span aria-hidden="true">{sign}</span> {channel.name}
        </h1>
        <p>
          {channel.memberCount} members
          {channel.isShared && ' · shared with another organisation'}
          {channel.isArchived && ' · archived'}
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls what it can focus */}
      <div class="messages" role="log" aria-label={`Messages in ${channel.name}`} tabIndex={0} ref={list}>
        {roots.length === 0 && <p class="empty">Nothing has been said here yet.</p>}
        {roots.map((message, index) => (
          <div key={message.ts}>
            {isNewDay(roots[index - 1], message) && (
              <h2 class="day">{dayName(dateOf(message.ts), { now: new Date() })}</h2>
            )}
            {message.ts === firstUnseen && <p class="new">New</p>}
            <Message
              message={message}
              replies={all.filter(({ threadTs }) => threadTs === message.ts)}
              isCompact={isTogether(roots[index - 1], message) && message.ts !== firstUnseen}
            />
          </div>
        ))}
      </div>
      <Composer channel={channel} threadTs={null} id="compose" />
    </main>
  );
}

function isNewDay(before: MessageShown | undefined, message: MessageShown): boolean {
  return !before || dateOf(before.ts).toDateString() !== dateOf(message.ts).toDateString();
}

/** Said by the same person in one breath. */
function isTogether(before: MessageShown | undefined, message: MessageShown): boolean {
  if (!before || isNewDay(before, message)) return false;
  const isSame = before.user === message.user && before.isForMeAlone === message.isForMeAlone;
  const isTalk = before.blocks.length === 0 && message.blocks.length === 0;
  return isSame && isTalk && Number(message.ts) - Number(before.ts) < togetherSeconds;
}
