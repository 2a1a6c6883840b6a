import { useEffect, useRef } from 'preact/hooks';
import { Composer } from './composer.tsx';
import { useLab } from './lab.ts';
import { Message } from './message.tsx';
import type { ChannelShown } from './protocol.ts';
import { useStickToEnd } from './stick.ts';

interface Props {
  readonly channel: ChannelShown;
  readonly ts: string;
  onClose(): void;
}

export function Thread({ channel, ts, onClose }: Props) {
  const { shown, act } = useLab();
  const inChannel = shown.messages.filter((message) => message.channel === channel.id);
  const root = inChannel.find((message) => message.ts === ts);
  const replies = inChannel.filter(({ threadTs }) => threadTs === ts);
  const lastTs = replies.at(-1)?.ts;
  const close = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);

  useStickToEnd(list);
  useEffect(() => close.current?.focus(), []);
  useEffect(() => {
    if (lastTs) void act({ kind: 'read', channel: channel.id, ts: lastTs, threadTs: ts });
  }, [lastTs]);

  return (
    <aside class="thread" aria-label="Thread" onKeyDown={({ key }) => key === 'Escape' && onClose()}>
      <header class="head">
        <h1>Thread</h1>
        <p>#{channel.name}</p>
        <button type="button" class="plain" ref={close} onClick={onClose} aria-label="Close the thread">
          ✕
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls what it can focus */}
      <div class="messages" role="log" aria-label="Messages in the thread" tabIndex={0} ref={list}>
        {root ? (
          <Message message={root} replies={null} isCompact={false} />
        ) : (
          <p class="empty">This message was deleted.</p>
        )}
        <p class="count">
          {replies.length} {replies.length === 1 ? 'reply' : 'replies'}
        </p>
        {replies.map((message) => (
          <Message key={message.ts} message={message} replies={null} isCompact={false} />
        ))}
      </div>
      <Composer channel={channel} threadTs={ts} id="reply" />
    </aside>
  );
}
