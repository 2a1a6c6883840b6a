import { useState } from 'preact/hooks';
import { Blocks } from './blocks.tsx';
import { Dialog } from './dialog.tsx';
import { useLab } from './lab.ts';
import type { ViewShown } from './protocol.ts';

export function Modal({ view }: { view: ViewShown }) {
  const { act } = useLab();
  const [entries, setEntries] = useState<Readonly<Record<string, string>>>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const outcome = await act({ kind: 'submit', entries });
    setErrors(outcome.errors ?? {});
    setProblem(outcome.problem ?? '');
    setBusy(false);
  }
  const dismiss = (all: boolean) => void act({ kind: 'dismiss', all });

  return (
    <Dialog label={view.title} className="modal" onClose={() => dismiss(false)}>
      {/* The app and the workspace say what is missing; the browser's own bubbles would come first. */}
      <form noValidate onSubmit={(event) => void submit(event)}>
        <header>
          <h2>{view.title}</h2>
          <button type="button" class="plain" aria-label="Close" onClick={() => dismiss(true)}>
            ✕
          </button>
        </header>
        <div class="body">
          <Blocks
            blocks={view.blocks}
            where="modal"
            entries={entries}
            errors={{ ...view.errors, ...errors }}
            onEnter={(actionId, value) => setEntries({ ...entries, [actionId]: value })}
            onProblem={setProblem}
          />
          {problem && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </div>
        <footer class="choices">
          <button type="button" class="button" onClick={() => dismiss(false)}>
            {view.close}
          </button>
          {view.submit && (
            <button type="submit" class="button primary" aria-disabled={isBusy} aria-busy={isBusy}>
              {view.submit}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
