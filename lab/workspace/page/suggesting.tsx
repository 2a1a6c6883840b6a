import { useRef, useState } from 'preact/hooks';
import type { Outcome } from './protocol.ts';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly describedBy?: string | undefined;
  suggest(query: string): Promise<Outcome>;
  onChoose(value: string, text: string): void;
}

/** A menu whose options the app finds while one types. */
export function Suggesting({ id, label, describedBy, suggest, onChoose }: Props) {
  const [query, setQuery] = useState('');
  const [options, setOptions] = useState<NonNullable<Outcome['options']>>([]);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [note, setNote] = useState('');
  const latest = useRef(0);

  async function ask(text: string): Promise<void> {
    setQuery(text);
    latest.current += 1;
    const mine = latest.current;
    const { options: found = [], problem = '' } = await suggest(text);
    if (mine !== latest.current) return; // something newer has been typed
    setOptions(found);
    setActive(0);
    setOpen(true);
    setNote(problem || (found.length === 0 && text !== '' ? 'Nothing found yet' : ''));
  }

  function choose(index: number): void {
    const option = options[index];
    if (!option) return;
    setQuery(option.text);
    setOpen(false);
    setNote('');
    onChoose(option.value, option.text);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((active + step + options.length) % options.length);
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      choose(active);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  }

  const isShown = isOpen && options.length > 0;
  return (
    <span class="suggesting">
      <input
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        aria-label={label}
        aria-describedby={describedBy}
        aria-expanded={isShown}
        aria-controls={`${id}-options`}
        aria-autocomplete="list"
        aria-activedescendant={isShown ? `${id}-${active}` : undefined}
        placeholder={label}
        value={query}
        onInput={({ currentTarget }) => void ask(currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      <div id={`${id}-options`} role="listbox" aria-label={label} hidden={!isShown}>
        {options.map((option, index) => (
          // The focus stays in the field, so the keyboard works there and only the mouse works here.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(index)}
          >
            {option.text}
          </div>
        ))}
      </div>
      <span class="note" role="status">
        {note}
      </span>
    </span>
  );
}
