import { useEffect, useRef, useState } from 'preact/hooks';
import { useLab } from './lab.ts';
import type { ChannelShown } from './protocol.ts';
import { commandIn, offersFor, readLine } from './typing.ts';

interface Props {
  readonly channel: ChannelShown;
  readonly threadTs: string | null;
  readonly id: string;
}

/** Where one types. Enter sends, Shift and Enter starts a line. */
export function Composer({ channel, threadTs, id }: Props) {
  const { shown, act } = useLab();
  const [line, setLine] = useState('');
  const [active, setActive] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  const offers = isOpen && !threadTs ? offersFor(line, shown) : [];
  const hint = offers.length === 0 ? commandIn(line, shown) : undefined;

  useEffect(() => {
    // On coming here; not away from what somebody is doing elsewhere on the page.
    const { activeElement } = document;
    if (!threadTs && (activeElement === document.body || activeElement?.closest('nav'))) box.current?.focus();
  }, []);

  async function send(): Promise<void> {
    if (line.trim() === '') return;
    const typed = readLine(line, channel.id, threadTs, shown);
    if (!typed.ok) return setProblem(typed.problem);
    setLine('');
    setProblem('');
    const outcome = await act(typed.deed);
    setProblem(outcome.problem ?? '');
  }

  function complete(index: number): void {
    const offer = offers[index];
    if (!offer) return;
    setLine(`${offer.command} `);
    setOpen(false);
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isPlainEnter = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (offers.length > 0 && step) setActive((active + step + offers.length) % offers.length);
    else if (offers.length > 0 && (event.key === 'Tab' || isPlainEnter)) complete(active);
    else if (offers.length > 0 && event.key === 'Escape') setOpen(false);
    else if (isPlainEnter) void send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  if (!channel.isMember || channel.isArchived) {
    const why = channel.isArchived ? 'This channel is archived.' : `You are not in #${channel.name}.`;
    return <p class="composer closed">{why}</p>;
  }
  const label = threadTs ? 'Reply' : `Message ${channel.kind === 'im' ? '@' : '#'}${channel.name}`;
  return (
    <div class="composer">
      {offers.length > 0 && (
        <div class="offers" role="listbox" id={`${id}-offers`} aria-label="Commands">
          {offers.map(({ command, description, usage }, index) => (
            // The focus stays in the box, so the keyboard works there and only the mouse works here.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div
              key={command}
              id={`${id}-offer-${index}`}
              role="option"
              aria-selected={index === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => complete(index)}
            >
              <b>{command}</b> {usage}
              <small>{description}</small>
            </div>
          ))}
        </div>
      )}
      {hint && (
        <p class="usage" role="status">
          <b>{hint.command}</b> {hint.usage}
        </p>
      )}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="box">
        <textarea
          id={id}
          ref={box}
          rows={1}
          aria-label={label}
          placeholder={label}
          aria-controls={offers.length > 0 ? `${id}-offers` : undefined}
          aria-activedescendant={offers.length > 0 ? `${id}-offer-${active}` : undefined}
          value={line}
          onInput={({ currentTarget }) => {
            setLine(currentTarget.value);
            setActive(0);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
        />
        <button type="button" class="button primary" disabled={line.trim() === ''} onClick={() => void send()}>
          Send
        </button>
      </div>
    </div>
  );
}
