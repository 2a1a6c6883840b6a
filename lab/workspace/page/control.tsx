import { useState } from 'preact/hooks';
import { Confirm } from './confirm.tsx';
import { list, shape, textIn, words } from './json.ts';
import { useLab } from './lab.ts';
import type { Json, Target } from './protocol.ts';
import { Suggesting } from './suggesting.tsx';

export interface ControlProps {
  readonly element: Json;
  readonly blockId: string;
  readonly where: Target | 'modal' | 'home';
  readonly entries?: Readonly<Record<string, string>>;
  onProblem(problem: string): void;
}

/** A button or a menu: asks first when it has something to ask, then tells the app. */
export function Control({ element, blockId, where, entries, onProblem }: ControlProps) {
  const { act } = useLab();
  const [isBusy, setBusy] = useState(false);
  /** What waits for an answer in the dialog: the option that was chosen, or nothing for a button. */
  const [asked, setAsked] = useState<{ readonly option?: string } | null>(null);
  const actionId = words(element.action_id);

  async function press(how: { readonly option?: string; readonly confirm?: boolean }): Promise<void> {
    setAsked(null);
    setBusy(true);
    const { problem = '' } = await act({
      kind: 'press',
      where,
      blockId,
      actionId,
      ...(entries ? { entries } : {}),
      ...how,
    });
    onProblem(problem);
    setBusy(false);
  }
  function begin(how: { readonly option?: string } = {}): void {
    if (isBusy) return;
    if (element.confirm === undefined) void press(how);
    else setAsked(how);
  }

  return (
    <>
      {element.type === 'button' && (
        <button
          type="button"
          class={`button ${words(element.style)}`}
          aria-label={words(element.accessibility_label) || undefined}
          aria-busy={isBusy}
          // Really disabled, it would lose the focus.
          aria-disabled={isBusy}
          onClick={() => begin()}
        >
          {textIn(element.text)}
        </button>
      )}
      {element.type === 'static_select' && (
        <select
          aria-label={textIn(element.placeholder) || 'Choose'}
          disabled={isBusy}
          value={words(shape(element.initial_option).value)}
          onChange={({ currentTarget }) => begin({ option: currentTarget.value })}
        >
          <option value="">{textIn(element.placeholder) || 'Choose'}</option>
          {list(element.options).map((option) => (
            <option key={words(option.value)} value={words(option.value)}>
              {textIn(option.text)}
            </option>
          ))}
        </select>
      )}
      {element.type === 'external_select' && where !== 'home' && (
        <Suggesting
          id={`${blockId}-${actionId}`}
          label={textIn(element.placeholder) || 'Choose'}
          suggest={(query) => act({ kind: 'suggest', where, actionId, query })}
          onChoose={(option) => begin({ option })}
        />
      )}
      {asked && (
        <Confirm
          confirm={shape(element.confirm)}
          onAnswer={(isYes) => (isYes ? void press({ ...asked, confirm: true }) : setAsked(null))}
        />
      )}
    </>
  );
}
