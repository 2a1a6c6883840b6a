import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { draftOf, type Refusal, saysNothing } from './content.ts';
import { limits } from './limits.ts';
import type { Message, MessageRef } from './messages.ts';
import { isShape, type Shape } from './problems.ts';
import type { State } from './state.ts';
import { send } from './web-api/door.ts';
import { bodyOf } from './web-api/request.ts';

/** Where answers through one response_url go. */
export interface Occasion {
  readonly channel: string;
  readonly user: string;
  /** The message whose button was pressed; commands have none. */
  readonly source?: MessageRef;
}

export type Said =
  | { readonly ok: true; readonly message: Message | undefined }
  | { readonly ok: false; readonly refusal: Refusal };

/** Shows an acknowledgement's body or a response_url post: to the one person, unless it says in_channel. */
export function respond({ messages, directory, files }: State, occasion: Occasion, body: Shape): Said {
  const source = occasion.source && messages.find(occasion.source);
  if (body.delete_original === true && source) {
    messages.remove(source);
    return { ok: true, message: undefined };
  }
  // The cumulative limit of chat.postMessage does not hold here.
  const result = draftOf(body, { total: false, hasFile: files.isReady });
  if (!result.ok) return result;
  if (saysNothing(result.draft)) return { ok: false, refusal: { error: 'no_text' } };
  if (body.replace_original === true && source) return { ok: true, message: messages.edit(source, result.draft) };

  const wanted = body.thread_ts === undefined ? undefined : String(body.thread_ts);
  const threadTs = wanted && messages.hasThread(occasion.channel, wanted) ? wanted : undefined;
  const posting = {
    text: '',
    blocks: [],
    ...result.draft,
    channel: occasion.channel,
    user: directory.bot.id,
    threadTs,
  };
  const onlyFor = body.response_type === 'in_channel' ? {} : { onlyFor: occasion.user };
  return { ok: true, message: messages.post({ ...posting, ...onlyFor }) };
}

export interface ResponseUrlUse {
  readonly url: string;
  readonly body: Shape;
  readonly outcome: string;
}

export interface ResponseUrls {
  readonly uses: readonly ResponseUrlUse[];
  issue(baseUrl: string, occasion: Occasion): string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function createResponseUrls(state: State): ResponseUrls {
  const issued = new Map<string, { readonly occasion: Occasion; readonly at: number; uses: number }>();
  const uses: ResponseUrlUse[] = [];

  function answer(path: string, body: Shape): { readonly status: number; readonly error?: string } {
    const entry = issued.get(path);
    if (!entry) return { status: 404, error: 'invalid_url' };
    if (state.now() - entry.at > limits.responseUrlMs) return { status: 404, error: 'expired_url' };
    if (entry.uses >= limits.responseUrlUses) return { status: 404, error: 'used_url' };
    entry.uses += 1;
    const said = respond(state, entry.occasion, body);
    return said.ok ? { status: 200 } : { status: 400, error: said.refusal.error };
  }

  return {
    uses,

    issue(baseUrl, occasion) {
      const kind = occasion.source ? 'actions' : 'commands';
      const path = `/${kind}/${state.directory.team.id}/${issued.size + 1}/${randomBytes(12).toString('hex')}`;
      issued.set(path, { occasion, at: state.now(), uses: 0 });
      return `${baseUrl}${path}`;
    },

    async handle(request, response) {
      const url = request.url ?? '';
      const body = parsed(await bodyOf(request));
      const { status, error } = body ? answer(url, body) : { status: 400, error: 'invalid_payload' };
      uses.push({ url, body: body ?? {}, outcome: error ?? 'ok' });
      const left = `use ${uses.filter((use) => use.url === url).length} of ${limits.responseUrlUses}`;
      const outcome = { outcome: error ?? 'ok', isFailure: error !== undefined };
      state.traffic.note({ ...exchange, ...outcome, note: left, sent: body, answer: error ?? 'ok' });
      if (error) return send(response, status, { ok: false, error });
      response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
    },
  };
}

const exchange = { from: 'app', what: 'response_url', tookMs: 0 } as const;

function parsed(text: string): Shape | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isShape(body) ? body : undefined;
  } catch {
    return undefined; // answered as invalid_payload
  }
}
