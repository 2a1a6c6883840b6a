import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly className?: string;
  readonly children: ComponentChildren;
  onClose(): void;
}

/** The browser's own dialog: it keeps the focus inside, and Escape closes it. */
export function Dialog({ label, className = '', children, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('[data-focus], .body input, .body select, .body textarea')?.focus();
    return () => {
      // While the dialog stands nothing else takes the focus, and it still stands here.
      requestAnimationFrame(() => before instanceof HTMLElement && before.focus());
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={className}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </dialog>
  );
}
