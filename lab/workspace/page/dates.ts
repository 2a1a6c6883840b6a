/** Times as this reader has them: in their own zone. */
export interface Reader {
  readonly now: Date;
  readonly timeZone?: string;
}

const locale = 'en-GB';

function formatted(date: Date, { timeZone }: Reader, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...options, ...(timeZone ? { timeZone } : {}) }).format(date);
}

const dayOf = (date: Date, reader: Reader): string =>
  formatted(date, reader, { year: 'numeric', month: '2-digit', day: '2-digit' });

/** Today and yesterday by name, as Slack's pretty dates have them. */
function pretty(date: Date, reader: Reader, otherwise: string): string {
  const yesterday = new Date(reader.now.getTime() - 86_400_000);
  if (dayOf(date, reader) === dayOf(reader.now, reader)) return 'today';
  return dayOf(date, reader) === dayOf(yesterday, reader) ? 'yesterday' : otherwise;
}

const spelled = (month: 'short' | 'long'): Intl.DateTimeFormatOptions => ({ year: 'numeric', month, day: 'numeric' });

export function slackDate(seconds: number, format: string, reader: Reader): string {
  const date = new Date(seconds * 1_000);
  const [day, month, year] = dayOf(date, reader).split('/');
  const short = formatted(date, reader, spelled('short'));
  const long = formatted(date, reader, { ...spelled('long'), weekday: 'long' });
  const whole = formatted(date, reader, spelled('long'));
  const values: Readonly<Record<string, string>> = {
    date_num: `${year}-${month}-${day}`,
    date: whole,
    date_short: short,
    date_long: long,
    date_pretty: pretty(date, reader, whole),
    date_short_pretty: pretty(date, reader, short),
    date_long_pretty: pretty(date, reader, long),
    time: timeOf(date, reader),
    time_secs: formatted(date, reader, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => values[token] ?? whole);
}

export const timeOf = (date: Date, reader: Reader): string =>
  formatted(date, reader, { hour: '2-digit', minute: '2-digit' });

export const wholeDate = (date: Date, reader: Reader): string =>
  formatted(date, reader, { dateStyle: 'full', timeStyle: 'long' });

/** The heading above a day's messages. */
export function dayName(date: Date, reader: Reader): string {
  const name = pretty(date, reader, formatted(date, reader, { weekday: 'long', day: 'numeric', month: 'long' }));
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** A message's timestamp is its time in seconds. */
export const dateOf = (ts: string): Date => new Date(Number(ts) * 1_000);
