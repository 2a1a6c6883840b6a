import { useState } from 'preact/hooks';
import { Avatar } from './avatar.tsx';
import { Blocks } from './blocks.tsx';
import { dateOf, timeOf, wholeDate } from './dates.ts';
import { useLab } from './lab.ts';
import { Mrkdwn } from './mrkdwn.tsx';
import type { MessageShown } from './protocol.ts';

interface Props {
  readonly message: MessageShown;
  /** Null inside a thread, which leads no further. */
  readonly replies: readonly MessageShown[] | null;
  readonly isCompact: boolean;
}

export function Message({ message, replies, isCompact }: Props) {
  const { shown } = useLab();
  const [problem, setProblem] = useState('');
  const { channel, ts, user, blocks, text, files } = message;
  const author = shown.people.find(({ id }) => id === user);
  const name = author?.name ?? user;
  return (
    <article class={`message${isCompact ? ' compact' : ''}${message.isForMeAlone ? ' alone' : ''}`} data-ts={ts}>
      {message.isForMeAlone && <p class="only">Only visible to you</p>}
      {!isCompact && <Avatar person={author} />}
      {!isCompact && (
        <header>
          <span class="author">{name}</span>
          {author?.isBot && <span class="tag">App</span>}
          <Time ts={ts} />
          {message.isEdited && <span class="edited">(edited)</span>}
        </header>
      )}
      <div class="content">
        {blocks.length > 0 ? (
          <Blocks blocks={blocks} where={{ channel, ts }} onProblem={setProblem} />
        ) : (
          <div class="text">
            <Mrkdwn text={text} />
          </div>
        )}
        {files.map((file) => (
          <p key={file.id} class="file">
            {file.isPicture && <img src={`files/${file.id}`} alt={file.title} />}
            <a href={`files/${file.id}`}>{file.title}</a>
          </p>
        ))}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {replies && <Replies message={message} replies={replies} />}
      </div>
    </article>
  );
}

function Time({ ts }: { ts: string }) {
  const reader = { now: new Date() };
  const date = dateOf(ts);
  return (
    <time dateTime={date.toISOString()} title={wholeDate(date, reader)}>
      {timeOf(date, reader)}
    </time>
  );
}

/** What leads into the thread, once there is one; before that, what starts it. */
function Replies({ message, replies }: { message: MessageShown; replies: readonly MessageShown[] }) {
  const { openThread } = useLab();
  if (message.threadTs !== null || message.isForMeAlone) return null;
  const last = replies.at(-1);
  const open = () => openThread(message.channel, message.ts);
  if (!last) {
    return (
      <button type="button" class="reply" onClick={open}>
        Reply in thread
      </button>
    );
  }
  return (
    <button type="button" class="replies" onClick={open}>
      <strong>
        {replies.length} {replies.length === 1 ? 'reply' : 'replies'}
      </strong>
      {message.unreadReplies > 0 && <span class="badge">{message.unreadReplies} new</span>}
      <span class="last">last at {timeOf(dateOf(last.ts), { now: new Date() })}</span>
    </button>
  );
}
