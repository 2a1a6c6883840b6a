import type { BlocksProps } from './blocks.tsx';
import { list, shape, textIn, words } from './json.ts';
import { useLab } from './lab.ts';
import type { Json } from './protocol.ts';
import { Suggesting } from './suggesting.tsx';

/** One field of a modal, with its label, its hint and what is wrong with it. */
export function Input({
  block,
  entries = {},
  errors = {},
  onEnter,
  where,
}: Omit<BlocksProps, 'blocks'> & { block: Json }) {
  const { act } = useLab();
  const element = shape(block.element);
  const actionId = words(element.action_id);
  const blockId = words(block.block_id);
  const error = errors[blockId];
  const hint = textIn(block.hint);
  const initial = words(element.initial_value) || words(shape(element.initial_option).value);
  const label = `${textIn(block.label)}${block.optional === true ? ' (optional)' : ''}`;
  const described = [error ? `${blockId}-error` : '', hint ? `${blockId}-hint` : ''].filter(Boolean).join(' ');
  const field = {
    id: `${blockId}-${actionId}`,
    'aria-describedby': described || undefined,
    'aria-invalid': error !== undefined,
    'aria-required': block.optional !== true,
  };
  const value = entries[actionId] ?? initial;
  const enter = ({ currentTarget }: { currentTarget: { value: string } }) => onEnter?.(actionId, currentTarget.value);
  const placeholder = textIn(element.placeholder);

  return (
    <div class="field">
      <label for={field.id}>{label}</label>
      {element.type === 'plain_text_input' &&
        (element.multiline === true ? (
          <textarea {...field} rows={4} placeholder={placeholder} value={value} onInput={enter} />
        ) : (
          <input {...field} type="text" placeholder={placeholder} value={value} onInput={enter} />
        ))}
      {element.type === 'static_select' && (
        <select {...field} value={value} onChange={enter}>
          <option value="">{placeholder || 'Choose'}</option>
          {list(element.options).map((option) => (
            <option key={words(option.value)} value={words(option.value)}>
              {textIn(option.text)}
            </option>
          ))}
        </select>
      )}
      {element.type === 'external_select' && where === 'modal' && (
        <Suggesting
          id={field.id}
          label={label}
          describedBy={field['aria-describedby']}
          suggest={(query) => act({ kind: 'suggest', where: 'modal', actionId, query })}
          onChoose={(chosen) => onEnter?.(actionId, chosen)}
        />
      )}
      {hint && (
        <p class="hint" id={`${blockId}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="problem" id={`${blockId}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
