import { Avatar } from './avatar.tsx';
import { useLab } from './lab.ts';
import type { ChannelShown } from './protocol.ts';

interface Props {
  readonly as: string;
  readonly place: string;
  readonly isInspecting: boolean;
  onGo(place: string): void;
  onBecome(name: string): void;
  onInspect(): void;
}

export function Sidebar({ as, place, isInspecting, onGo, onBecome, onInspect }: Props) {
  const { shown } = useLab();
  const rooms = shown.channels.filter(({ kind }) => kind !== 'im');
  const direct = shown.channels.filter(({ kind }) => kind === 'im');
  const entry = (channel: ChannelShown) => (
    <li key={channel.id}>
      <Entry channel={channel} isHere={channel.id === place} onGo={() => onGo(channel.id)} />
    </li>
  );
  return (
    <aside class="sidebar" aria-label="Workspace">
      <header>
        <p class="team">{shown.team}</p>
        <p class="about">{shown.lab}</p>
      </header>
      <People as={as} onBecome={onBecome} />
      <nav aria-label="Channels">
        <h2>Channels</h2>
        <ul>{rooms.map(entry)}</ul>
        <h2>Apps</h2>
        <ul>
          <li>
            <button
              type="button"
              class="entry"
              aria-current={place === 'home' ? 'page' : undefined}
              onClick={() => onGo('home')}
            >
              <span aria-hidden="true">⌂</span> {shown.app.name} Home
            </button>
          </li>
          {direct.map(entry)}
        </ul>
      </nav>
      <footer>
        <p class={shown.app.isConnected ? 'connected' : 'disconnected'}>
          {shown.app.isConnected ? `${shown.app.name} is connected` : `${shown.app.name} is not connected`}
        </p>
        <button type="button" class="plain" aria-pressed={isInspecting} onClick={onInspect}>
          Traffic
        </button>
      </footer>
    </aside>
  );
}

const signs = { public: '#', private: '#', im: '@' } as const;

function Entry({ channel, isHere, onGo }: { channel: ChannelShown; isHere: boolean; onGo: () => void }) {
  const { name, kind, unread, mentions, isShared, isArchived, isMember } = channel;
  const isNews = !isHere && (unread > 0 || mentions > 0);
  return (
    <button
      type="button"
      class={`entry${isNews ? ' unread' : ''}${isMember ? '' : ' outside'}`}
      aria-current={isHere ? 'page' : undefined}
      onClick={onGo}
    >
      <span aria-hidden="true">{signs[kind]}</span>
      <span class="name">{name}</span>
      {kind === 'private' && <span class="tag">private</span>}
      {isShared && <span class="tag">shared</span>}
      {isArchived && <span class="tag">archived</span>}
      {isNews && <span class="sr">, {unread} unread</span>}
      {isNews && mentions > 0 && (
        <span class="badge">
          {mentions}
          <span class="sr"> {mentions === 1 ? 'mention' : 'mentions'}</span>
        </span>
      )}
    </button>
  );
}

/** Who sits at this keyboard. In Slack that would be five browsers. */
function People({ as, onBecome }: Pick<Props, 'as' | 'onBecome'>) {
  const { shown } = useLab();
  return (
    <fieldset class="people">
      <legend>You are</legend>
      {shown.people
        .filter(({ isBot }) => !isBot)
        .map((person) => (
          <label key={person.id}>
            <input type="radio" name="me" checked={person.name === as} onChange={() => onBecome(person.name)} />
            <Avatar person={person} />
            <span class="who">
              {person.name}
              {person.note && <small>{person.note}</small>}
            </span>
          </label>
        ))}
    </fieldset>
  );
}
