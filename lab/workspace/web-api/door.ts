import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Shape } from '../problems.ts';
import type { State } from '../state.ts';
import type { Trouble } from '../switches.ts';
import { type Answer, MethodError, type Methods } from './method.ts';
import { argumentsOf, bodyOf } from './request.ts';
import { missingScope } from './scopes.ts';

/** One Web API call as the workspace saw it. Tokens are never kept. */
export interface ApiCall {
  readonly method: string;
  readonly args: Shape;
  readonly at: number;
  /** `ok`, Slack's error, `ratelimited`, or `lost` when the effect took place and the answer was cut off. */
  readonly outcome: string;
}

export interface Door {
  readonly calls: readonly ApiCall[];
  handle(request: IncomingMessage, response: ServerResponse, method: string): Promise<void>;
}

const appTokenMethods: readonly string[] = ['apps.connections.open'];

export interface DoorOptions {
  readonly methods: Methods;
  readonly trouble: Trouble;
  /** The scopes that the app was installed with. */
  readonly scopes: readonly string[];
}

export function openDoor({ credentials, traffic, now }: State, { methods, trouble, scopes }: DoorOptions): Door {
  const calls: ApiCall[] = [];

  function tokenProblem(method: string, token: string | undefined): string | undefined {
    if (!token) return 'not_authed';
    if (token !== credentials.botToken && token !== credentials.appToken) return 'invalid_auth';
    const wanted = appTokenMethods.includes(method) ? credentials.appToken : credentials.botToken;
    return token === wanted ? undefined : 'not_allowed_token_type';
  }

  function perform(method: string, args: Shape): Answer {
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!run) return { ok: false, error: 'unknown_method', req_method: method };
    const needed = missingScope(method, scopes);
    if (needed) return { ok: false, error: 'missing_scope', needed, provided: scopes.join(',') };
    try {
      return { ok: true, ...run(args) };
    } catch (error) {
      if (!(error instanceof MethodError)) throw error;
      if (error.messages.length === 0) return { ok: false, error: error.message };
      const messages = error.messages.map((each) => (each.startsWith('[') ? each : `[ERROR] ${each}`));
      return { ok: false, error: error.message, errors: error.messages, response_metadata: { messages } };
    }
  }

  return {
    calls,

    async handle(request, response, method) {
      const parsed = argumentsOf(request, await bodyOf(request));
      if (!parsed.ok) return send(response, 200, { ok: false, error: parsed.error });
      const { args } = parsed;
      const started = performance.now();
      const note = (outcome: string, answer: Answer): void => {
        calls.push({ method, args, at: now(), outcome });
        const [isFailure, tookMs] = [outcome !== 'ok', performance.now() - started];
        traffic.note({ from: 'app', what: method, note: '', outcome, isFailure, tookMs, sent: args, answer });
      };

      const delayMs = trouble.delayOf(method);
      if (delayMs > 0) await pause(delayMs);
      const problem = tokenProblem(method, parsed.token);
      const fate = problem ? undefined : trouble.fateOf(method, String(args.channel ?? ''));
      if (fate?.kind === 'limited') {
        const answer = { ok: false, error: 'ratelimited' };
        note('ratelimited', answer);
        response.setHeader('retry-after', fate.retryAfterSeconds);
        return send(response, 429, answer);
      }

      const given = problem ?? (fate?.kind === 'failed' ? fate.error : undefined);
      const answer = given ? { ok: false, error: given } : perform(method, args);
      if (fate?.kind === 'lost') {
        note('lost', answer);
        return void request.socket.destroy();
      }
      note(answer.ok === true ? 'ok' : String(answer.error), answer);
      // As Slack does with every answer to a token that it knows.
      if (!problem) response.setHeader('x-oauth-scopes', scopes.join(','));
      return send(response, 200, answer);
    },
  };
}

export function send(response: ServerResponse, status: number, answer: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer));
}
