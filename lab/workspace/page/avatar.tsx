import type { Person } from './protocol.ts';

const tints = 6;

/** The first letters on a colour of one's own; what it shows stands beside it as text. */
export function Avatar({ person }: { person: Person | undefined }) {
  const name = person?.realName ?? '?';
  const tint = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % tints;
  const letters = person?.isBot
    ? person.name === 'Slackbot'
      ? 'S'
      : 'v6'
    : name
        .split(' ')
        .map((word) => word.slice(0, 1))
        .join('')
        .slice(0, 2);
  return (
    <span class={`avatar tint-${person?.isBot ? 'bot' : tint}`} aria-hidden="true">
      {letters}
    </span>
  );
}
