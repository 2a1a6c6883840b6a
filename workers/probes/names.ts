import { isIPv4, isIPv6 } from 'node:net';
import { canonicalIPv6 } from './address.ts';
import { linesOf, odd, type Section, UselessTool } from './section.ts';

/** By what busybox's and BIND's nslookup print, and getent, whose only word is its exit code. */
const words: readonly (readonly [RegExp, string])[] = [
  [/NXDOMAIN|No such host|Non-existent/u, 'no-such-name'],
  [/No answer|NODATA/u, 'none'],
  [/REFUSED|SERVFAIL|NOTIMP|refused/u, 'refused'],
  [/timed out|no servers could be reached/u, 'timeout'],
];

const useless = /not found$|invalid option|unrecognized option|[Uu]nknown database|bad address .-type/u;

/** `name AAAA nslookup 0 …`, the tool's output in one line; no such line where no name was asked about. */
export const podNames: Section<'podNames'> = {
  provides: 'podNames',
  from: ['connects'],
  parse: (text = '') =>
    linesOf(text)
      .filter((line) => line.startsWith('name '))
      .map(parseLine),
};

function parseLine(line: string): unknown {
  const match = /^name (AAAA|A) (nslookup|getent) (\d+) ?(.*)$/u.exec(line.trimEnd());
  if (!match) throw odd('not a question', line);
  const [, type, tool = '', code, said = ''] = match;
  const family = type === 'AAAA' ? 6 : 4;
  // Before the first "Name:" is the server's own address.
  const answer = tool === 'getent' ? said : said.replace(/^.*?Name:/u, 'Name:');
  const isAnswer = tool === 'getent' || answer.startsWith('Name:');
  const addresses = isAnswer ? addressesIn(answer, family) : [];
  if (addresses.length > 0) return { family, outcome: 'answered', addresses, tool, said: '' };
  if (code === '127' || useless.test(said)) throw new UselessTool(said.slice(0, 120) || `${tool} is not there`);
  return { family, outcome: outcomeOf(tool, Number(code), said), addresses, tool, said: said.slice(0, 160) };
}

function addressesIn(answer: string, family: 4 | 6): string[] {
  const tokens = answer.split(/\s+/u);
  // ::ffff:192.0.2.1 is an IPv4 address in IPv6's clothes.
  const own = tokens.filter((token) => (family === 4 ? isIPv4(token) : isIPv6(token) && !token.includes('.')));
  return [...new Set(own.map((token) => (family === 6 ? canonicalIPv6(token) : token)))];
}

function outcomeOf(tool: string, code: number, said: string): string {
  const known = words.find(([pattern]) => pattern.test(said));
  if (known) return known[1];
  if ([124, 137, 143].includes(code)) return 'timeout';
  if (code === 0) return 'none';
  return tool === 'getent' && code === 2 ? 'not-found' : 'failed';
}
