import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import type { PostOutcome } from '../ports.ts';

type PostFailure = Extract<PostOutcome, { ok: false }>;

/** Slack's error strings, by what can be done about them. What is not here is `refused`. */
const reasons: Readonly<Record<string, PostFailure['reason']>> = {
  not_in_channel: 'not_in_channel',
  user_not_in_channel: 'not_in_channel',
  channel_not_found: 'channel_not_found',
  is_archived: 'is_archived',
  message_not_found: 'message_not_found',
  cant_update_message: 'message_not_found',
  thread_not_found: 'message_not_found',
  ratelimited: 'rate_limited',
  rate_limited: 'rate_limited',
  message_limit_exceeded: 'rate_limited',
  service_unavailable: 'unreachable',
  internal_error: 'unreachable',
  fatal_error: 'unreachable',
  request_timeout: 'unreachable',
};

export function postFailure(error: unknown): PostFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return { ok: false, reason: 'rate_limited', detail: `Slack asks to wait ${error.retryAfter} s` };
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: code, response_metadata: { messages = [] } = {} } = error.data;
    return { ok: false, reason: reasons[code] ?? 'refused', detail: [code, ...messages].join(' ') };
  }
  if (error instanceof WebAPIHTTPError) {
    const reason = error.statusCode >= 500 ? 'unreachable' : 'refused';
    return { ok: false, reason, detail: `Slack answered ${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) return { ok: false, reason: 'unreachable', detail: causeOf(error) };
  throw error;
}

/** Whether Slack may have acted on a call that failed: repeating it could then post the message twice. */
export function mayHaveArrived(error: unknown): boolean {
  if (error instanceof WebAPIRateLimitedError || error instanceof WebAPIPlatformError) return false;
  // These codes of fetch mean that no request left.
  const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];
  return !(error instanceof WebAPIRequestError && unsent.includes(codeOf(error.original)));
}

function codeOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

function causeOf({ original }: WebAPIRequestError): string {
  return codeOf(original) || original.name;
}
