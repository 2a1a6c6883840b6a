import { Text } from './blocks.tsx';
import { Dialog } from './dialog.tsx';
import { textIn } from './json.ts';
import type { Json } from './protocol.ts';

interface Props {
  readonly confirm: Json;
  onAnswer(isYes: boolean): void;
}

/** What Slack asks before a button does anything. */
export function Confirm({ confirm, onAnswer }: Props) {
  const title = textIn(confirm.title);
  return (
    <Dialog label={title} className="confirm" onClose={() => onAnswer(false)}>
      <h2>{title}</h2>
      <p class="text">
        <Text value={confirm.text} />
      </p>
      <div class="choices">
        <button type="button" class="button" onClick={() => onAnswer(false)}>
          {textIn(confirm.deny)}
        </button>
        <button
          type="button"
          class={`button ${confirm.style === 'danger' ? 'danger' : 'primary'}`}
          data-focus
          onClick={() => onAnswer(true)}
        >
          {textIn(confirm.confirm)}
        </button>
      </div>
    </Dialog>
  );
}
