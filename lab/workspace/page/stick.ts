import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

const nearPx = 80;

/** Keeps a list at its end while messages come, cards grow and panes open; not while one reads further up. */
export function useStickToEnd(list: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    let isAtEnd = true;
    const stick = (): void => {
      if (isAtEnd) element.scrollTop = element.scrollHeight;
    };
    const note = (): void => {
      isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx;
    };
    element.addEventListener('scroll', note);
    const resizing = new ResizeObserver(stick);
    resizing.observe(element);
    const changing = new MutationObserver(stick);
    changing.observe(element, { childList: true, subtree: true, characterData: true });
    stick();
    return () => {
      element.removeEventListener('scroll', note);
      resizing.disconnect();
      changing.disconnect();
    };
  }, []);
}
