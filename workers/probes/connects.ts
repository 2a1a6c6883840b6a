import { linesOf, odd, type Section, UselessTool } from './section.ts';

/** errno by the words of glibc, musl, busybox and OpenSSL, and by its name. */
const words: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|Connection refused/iu, 'ECONNREFUSED'],
  [/ENETUNREACH|Network (is )?unreachable/iu, 'ENETUNREACH'],
  [/EHOSTUNREACH|No route to host|Host is unreachable/iu, 'EHOSTUNREACH'],
  [/EACCES|Permission denied/iu, 'EACCES'],
  [/EPERM|Operation not permitted/iu, 'EPERM'],
  [/EADDRNOTAVAIL|Cannot assign requested address|Address not available/iu, 'EADDRNOTAVAIL'],
  [/EINVAL|Invalid argument/iu, 'EINVAL'],
  [/ETIMEDOUT|timed out/iu, 'TIMEOUT'],
];

/** What a tool says that cannot even try. */
const useless =
  /not found|No such file or directory|bad address|Name or service not known|[Nn]ame does not resolve|Address family not supported|EAFNOSUPPORT|inet_pton|usage:|invalid option|unrecognized option/u;

/** Killed by the script's alarm, or ended by `timeout`. */
const killed = [124, 137, 143];

function parse(text = ''): unknown {
  const connects = linesOf(text)
    // Names and uploads have parsers of their own.
    .filter((line) => !/^(Terminated|Killed|name |sent )/u.test(line))
    .map(parseLine);
  if (connects.length === 0) throw new Error('no connect was tried');
  return connects;
}

function parseLine(line: string): unknown {
  const match = /^([46]) (\S+) (\d+) (\d+) (\S+) (\d+) (\d+) ?(.*)$/u.exec(line.trimEnd());
  if (!match) throw odd('not a connect', line);
  const [, family, address, port, attempt, tool, code, ms, said = ''] = match;
  return {
    family: Number(family),
    address,
    port: Number(port),
    attempt: Number(attempt),
    outcome: outcomeOf(Number(code), said),
    ms: Number(ms),
    tool: tool?.replace(/-.$/u, ''),
  };
}

function outcomeOf(code: number, said: string): string {
  if (code === 0) return 'connected';
  const known = words.find(([pattern]) => pattern.test(said));
  if (known) return known[1];
  if (killed.includes(code)) return 'TIMEOUT';
  if (useless.test(said)) throw new UselessTool(said.slice(0, 120));
  return 'FAILED';
}

export const podConnects: Section<'podConnects'> = { provides: 'podConnects', from: ['connects'], parse };
export const nodeConnects: Section<'nodeConnects'> = { provides: 'nodeConnects', from: ['connects'], parse };
