import type { IncomingMessage } from 'node:http';
import type { AuditEntry } from '../contract.ts';
import { auditVerb } from './audit.ts';
import { parsePath, type ResourcePath } from './paths.ts';
import { type Attributes, forbidden, ruleAllowing } from './rbac.ts';
import { type ApiRequest, apiRequest, isTrue, urlOf } from './request.ts';
import { unauthorized } from './status.ts';
import type { Troublemaker } from './trouble.ts';
import { type User, userOfHeader } from './users.ts';

export interface Gate {
  readonly users: readonly User[];
  readonly trouble: Troublemaker;
  readonly now: () => Date;
  readonly audit: AuditEntry[];
}

export function record({ users, audit, now }: Gate, incoming: IncomingMessage, code: number): void {
  const url = urlOf(incoming);
  const user = userOfHeader(users, incoming.headers.authorization);
  const isResource = /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/./.test(url.pathname);
  const parsed = isResource ? safely(() => parsePath(url.pathname)) : undefined;
  const path = parsed?.kind === 'resource' ? parsed : undefined;
  audit.push({
    at: now().toISOString(),
    user: user?.name ?? 'system:anonymous',
    userAgent: incoming.headers['user-agent'] ?? '',
    verb: auditVerb(incoming.method ?? 'GET', {
      isResource: path !== undefined,
      isExec: path?.subresource === 'exec',
      isNamed: path?.name !== undefined,
      isWatch: isTrue(url.searchParams, 'watch'),
    }),
    path: incoming.url ?? '/',
    code,
  });
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** @throws Refusal 401; and whatever trouble is due */
export async function enter({ users, trouble }: Gate, incoming: IncomingMessage): Promise<ApiRequest> {
  const url = urlOf(incoming);
  await trouble.before(incoming.method ?? 'GET', url.pathname);
  const user = userOfHeader(users, incoming.headers.authorization);
  if (!user) throw unauthorized();
  return apiRequest(incoming, url, user);
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

export function attributesOf(path: ResourcePath, request: ApiRequest): Attributes {
  const { group, plural, namespace, name, subresource } = path;
  const isNamed = name !== undefined;
  const read = isTrue(request.query, 'watch') ? 'watch' : isNamed ? 'get' : 'list';
  const verb =
    request.method === 'DELETE' ? (isNamed ? 'delete' : 'deletecollection') : (verbs[request.method] ?? read);
  return { verb, group, resource: subresource === undefined ? plural : `${plural}/${subresource}`, namespace, name };
}

/** Before existence: who may not ask learns nothing about what is there. */
export function authorize(path: ResourcePath, request: ApiRequest): void {
  const asked = attributesOf(path, request);
  const isOwnReview = path.group === 'authorization.k8s.io' && path.plural.startsWith('selfsubject');
  if (isOwnReview || ruleAllowing(request.user.rules, asked)) return;
  throw forbidden(request.user.name, asked);
}
