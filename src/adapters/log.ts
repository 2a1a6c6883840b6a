import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

const secrets = ['token', 'botToken', 'appToken', 'signingSecret', 'decisionKey', 'redisUrl', 'responseUrl', 'env'];

/** JSON lines on standard output. What may hold a secret is cut out, wherever in an object it stands first or second. */
export function jsonLog(level: string, fields: Readonly<Record<string, string>>, to?: DestinationStream): Logger {
  const options: LoggerOptions<never> = {
    level,
    base: fields,
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[cut out]' },
    serializers: { err: errorLine },
  };
  return to ? pino(options, to) : pino(options);
}

/** As much of an error as helps. Its other properties stay out: a library keeps commands, requests and keys there. */
function errorLine(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {};
  return { type: error.name, message: error.message, ...code, ...cause, stack: error.stack };
}
