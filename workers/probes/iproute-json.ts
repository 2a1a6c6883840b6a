import { odd } from './section.ts';

/** What `ip -j` printed, between the warnings that `ip` writes to its standard error. Nothing is an empty list. */
export function jsonOf(text: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const json = lines.filter((line) => /^\s*[[{\]},"]/u.test(line)).join('\n');
  const said = lines.find((line) => /^(RTNETLINK|Cannot|Error|Device|Object)/u.test(line));
  if (json === '' && said !== undefined) throw odd('ip says', said);
  if (json === '') return [];
  const parsed: unknown = JSON.parse(json);
  if (!Array.isArray(parsed)) throw odd('not a list', text);
  return parsed;
}
