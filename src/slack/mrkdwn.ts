/** Slack reads `<…>` as mentions, links and broadcasts; these three characters are all that can start or fake one. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * What moves a cursor, hides text or turns its direction. Newlines and tabs stay. Invisible characters go too: a name
 * that reads like another must not be one.
 */
const unprintable = /[^\P{C}\n\t]|[\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** Text for `plain_text` and `rich_text`, which Slack shows as it is. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replace(unprintable, '');
}

/** Text for `mrkdwn` and for the fallback text: shown, never obeyed. Apply once per field. */
export function escapeText(text: string): string {
  return plain(text).replace(/[&<>]/g, (character) => entities[character] ?? '');
}

/** Escaped and no longer than `max`; an entity or a surrogate pair is kept whole or left out. */
export function escapeTo(text: string, max: number): string {
  const whole = escapeText(text);
  if (whole.length <= max) return whole;
  if (max < 1) return '';

  // An entity is one piece, and so is a pair of surrogates.
  let kept = '';
  for (const [piece] of whole.matchAll(/&(?:amp|lt|gt);|./gsu)) {
    if (kept.length + piece.length > max - 1) break;
    kept += piece;
  }
  return `${kept}…`;
}

/** Plain text no longer than `max`, cut between characters. */
export function plainTo(text: string, max: number): string {
  const whole = plain(text);
  if (whole.length <= max) return whole;
  if (max < 1) return '';
  let kept = '';
  for (const character of whole) {
    if (kept.length + character.length > max - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A name or an id in the text of a sentence. A backtick inside would end the span early. */
export function code(text: string, max = 200): string {
  return `\`${escapeTo(text.replaceAll('`', 'ˋ').replaceAll('\n', ' '), max)}\``;
}

/** Drawn in each reader's own time zone; the fallback is what notifications and old clients show. */
export function slackDate(date: Date): string {
  const seconds = Math.floor(date.getTime() / 1_000);
  const fallback = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${seconds}^{date_short_pretty} {time}|${fallback}>`;
}

/** Undoes what Slack does to a typed line, so that it can be parsed; what comes of it is untrusted text again. */
export function typedText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
