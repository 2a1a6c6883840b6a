import type { Fields } from './json.ts';
import { qualifiedName, type Resource } from './resources.ts';

export interface Reply {
  readonly code: number;
  /** An object travels as JSON, a string as `text/plain`, nothing as an empty body. */
  readonly body: Fields | string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** An answer that ends the request where it is thrown. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(typeof reply.body === 'object' ? String(reply.body.message) : (reply.body ?? ''));
    this.reply = reply;
  }
}

export interface FailureOptions {
  readonly reason?: string;
  readonly details?: Fields;
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata?: Fields;
}

export function statusBody(code: number, message: string, options: FailureOptions = {}): Fields {
  const { reason, details, metadata = {} } = options;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export function failure(code: number, message: string, options: FailureOptions = {}): Refusal {
  return new Refusal({
    code,
    body: statusBody(code, message, options),
    ...(options.headers ? { headers: options.headers } : {}),
  });
}

/** The answers that are not Status objects: unknown paths, the kubelet's words, priority and fairness. */
export function plain(code: number, text: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal({ code, body: text, headers });
}

export function detailsOf(resource: Resource, name: string | undefined): Fields {
  return {
    ...(name === undefined ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

export const badRequest = (message: string): Refusal => failure(400, message, { reason: 'BadRequest' });

export const unauthorized = (): Refusal => failure(401, 'Unauthorized', { reason: 'Unauthorized' });

export const pageNotFound = (): Refusal => plain(404, '404 page not found\n');

export const methodNotAllowed = (): Refusal =>
  failure(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  });

export function notFound(resource: Resource, name: string): Refusal {
  const message = `${qualifiedName(resource)} "${name}" not found`;
  return failure(404, message, { reason: 'NotFound', details: detailsOf(resource, name) });
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  const message = `${qualifiedName(resource)} "${name}" already exists`;
  return failure(409, message, { reason: 'AlreadyExists', details: detailsOf(resource, name) });
}

export function conflict(resource: Resource, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return failure(409, message, { reason: 'Conflict', details: detailsOf(resource, name) });
}

/** Delete preconditions name the kind and not the resource, unlike every other conflict. */
export function preconditionFailed(resource: Resource, name: string, why: string): Refusal {
  const qualified = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const message = `Operation cannot be fulfilled on ${qualified} "${name}": ${why}`;
  return failure(409, message, { reason: 'Conflict', details: { ...detailsOf(resource, name), kind: resource.kind } });
}

export function invalid(resource: Resource, name: string, causes: readonly Cause[]): Refusal {
  const qualified = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return failure(422, `${qualified} "${name}" is invalid: ${list}`, {
    reason: 'Invalid',
    details: { ...detailsOf(resource, name), kind: resource.kind, causes },
  });
}

export const expired = (message: string, metadata: Fields = {}): Refusal =>
  failure(410, message, { reason: 'Expired', metadata });
