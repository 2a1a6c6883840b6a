import { fieldsOf, textOf } from './json.ts';
import { ruleAllowing } from './rbac.ts';
import type { ApiRequest } from './request.ts';
import { badRequest, failure, type Reply } from './status.ts';

/** SelfSubjectAccessReview: unknown resources and namespaces are not errors, they are only not allowed. */
export async function reviewAccess(request: ApiRequest): Promise<Reply> {
  let sent: unknown;
  try {
    sent = JSON.parse(await request.body());
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${String(error)}`);
  }
  const spec = fieldsOf(fieldsOf(sent).spec);
  const asked = fieldsOf(spec.resourceAttributes);
  const path = textOf(fieldsOf(spec.nonResourceAttributes).path);
  if (spec.resourceAttributes === undefined && path === undefined) {
    const message =
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw failure(422, `SelfSubjectAccessReview.authorization.k8s.io "" is invalid: ${message}`, { reason: 'Invalid' });
  }

  const subresource = textOf(asked.subresource);
  const rule = ruleAllowing(request.user.rules, {
    verb: textOf(asked.verb) ?? '',
    group: textOf(asked.group) ?? '',
    resource: `${textOf(asked.resource) ?? ''}${subresource ? `/${subresource}` : ''}`,
    namespace: textOf(asked.namespace) || undefined,
    name: textOf(asked.name) || undefined,
  });
  const isAllowed =
    path === undefined ? rule !== undefined : ['/api', '/apis', '/version'].some((open) => path.startsWith(open));
  const reason = `RBAC: allowed by ClusterRoleBinding "ipv6check-${request.user.id}" of ClusterRole "ipv6check-${request.user.id}" to ServiceAccount`;
  return {
    code: 201,
    body: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: { creationTimestamp: null },
      spec,
      status: isAllowed ? { allowed: true, reason } : { allowed: false },
    },
  };
}
