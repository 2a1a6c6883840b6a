import type { Directory } from './people.ts';

const months = ['January', 'February', 'March', 'April', 'May', 'June'].concat([
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]);
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const two = (value: number): string => String(value).padStart(2, '0');

/** A `<!date^…>` as a reader in UTC sees it; Slack shows the reader's own zone. */
export function slackDate(seconds: number, format: string): string {
  const at = new Date(seconds * 1_000);
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const name = months[month] ?? '';
  const short = `${name.slice(0, 3)} ${date}, ${year}`;
  const values: Readonly<Record<string, string>> = {
    date_num: `${year}-${two(month + 1)}-${two(date)}`,
    date: `${name} ${date}, ${year}`,
    date_pretty: `${name} ${date}, ${year}`,
    date_short: short,
    date_short_pretty: short,
    date_long: `${days[at.getUTCDay()]}, ${name} ${date}, ${year}`,
    date_long_pretty: `${days[at.getUTCDay()]}, ${name} ${date}, ${year}`,
    time: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`,
    time_secs: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`,
  };
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => values[token] ?? whole);
}

/** What a person reads where the app wrote mrkdwn: tokens resolved, the three entities decoded once. */
export function readable(mrkdwn: string, directory: Directory): string {
  const resolved = mrkdwn.replace(/<([^<>]+)>/g, (_whole, token: string) => {
    const [target = '', label] = token.split('|');
    if (target.startsWith('@')) return `@${directory.user(target.slice(1))?.name ?? target.slice(1)}`;
    if (target.startsWith('#')) return `#${directory.channel(target.slice(1))?.name ?? target.slice(1)}`;
    const [kind = '', id = '', format = ''] = target.split('^');
    if (kind === '!subteam') return `@${directory.groups.find((group) => group.id === id)?.handle ?? id}`;
    if (kind === '!date') return /^\d+$/.test(id) ? slackDate(Number(id), format) : (label ?? '');
    if (target.startsWith('!')) return `@${target.slice(1)}`;
    return label ? `${label} (${target})` : target;
  });
  return resolved.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
