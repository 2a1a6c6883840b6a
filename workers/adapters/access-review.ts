import type { ReadOutcome } from '../../src/ports.ts';
import { isRecord, strange } from './api-answer.ts';
import type { Rest } from './rest.ts';

/** One thing that somebody wants to do in the cluster. */
export interface Deed {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, as in `pods/exec`. */
  readonly resource: string;
  /** Without it: in all namespaces, or on a kind that has none. */
  readonly namespace?: string;
  readonly name?: string;
}

/** Asks the API server whether whoever we are may do it. It does nothing. */
export async function reviewAccess(rest: Rest, deed: Deed): Promise<ReadOutcome<boolean>> {
  const { verb, group, namespace, name } = deed;
  const [resource, subresource] = deed.resource.split('/');
  const resourceAttributes = {
    ...{ verb, group, resource },
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  const outcome = await rest.read({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
  });
  if (!outcome.ok) return outcome;
  const { status } = outcome.value;
  return isRecord(status) && typeof status.allowed === 'boolean' ? { ok: true, value: status.allowed } : strange(201);
}
