import type { Dispatcher } from 'undici';
import type { ClientOptions } from 'ws';

/** TLS material of the moment: exec plugins and mounted tokens change it while we run. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
  /** For the WebSocket, which undici does not carry. Holds keys: never logged, never part of an error. */
  readonly tls: Pick<ClientOptions, 'agent' | 'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized'>;
}

/** The way to one API server. */
export interface Door {
  /** Without a trailing slash; may have a path of its own, as behind Rancher. */
  readonly server: string;
  credentials(): Promise<Credentials>;
}

/** A plugin or a file that fails may quote a secret, so its own words stay behind. */
export class CredentialsError extends Error {}

/** A plugin may hang for ever; whoever waits for it does not. */
export async function inTime<T>(credentials: Promise<T>, signal: AbortSignal, deadlineMs: number): Promise<T> {
  const { promise: never, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  const late = new CredentialsError('The kubeconfig does not open the API server: its credentials take too long');
  const deadline = setTimeout(reject, deadlineMs, late);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    return await Promise.race([credentials, never]);
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Why there was no answer, in words without addresses of files, stacks or credentials. */
export function sayFailure(door: Pick<Door, 'server'>, error: unknown): string {
  const code = codeOf(error);
  const host = hostOf(door.server);
  switch (code) {
    case 'ECONNREFUSED':
      return `The API server at ${host} refuses connections`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The API server's name in ${host} does not resolve`;
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `The API server at ${host} does not answer`;
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `There is no way to the API server at ${host} (${code})`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `What answers at ${host} speaks no TLS that we understand (${code})`;
    default:
      if (code?.includes('_ALERT_')) return `The API server at ${host} does not accept our certificate (${code})`;
      if (code && /CERT|SIGNED|SIGNATURE|TLS|SSL/u.test(code)) {
        return `The certificate of the API server at ${host} is not trusted (${code})`;
      }
      return `The connection to the API server at ${host} broke off${code ? ` (${code})` : ''}`;
  }
}

export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]+$/u.test(error.code)) return error.code;
  if ('cause' in error && error.cause !== undefined) return codeOf(error.cause);
  // Happy eyeballs reports one error per address.
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return null;
}

export function hostOf(server: string): string {
  return URL.parse(server)?.host ?? 'an unreadable address';
}
