import { parse } from 'yaml';
import type { ApiRequest } from './request.ts';
import type { Resource } from './resources.ts';
import { badRequest, type Cause, failure, type Refusal } from './status.ts';
import type { FieldValidation } from './validate/prepare.ts';

export const mediaType = (request: ApiRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';

export function unsupportedMediaType(accepted: readonly string[]): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure(415, message, { reason: 'UnsupportedMediaType', details: {} });
}

export async function decodedBody(request: ApiRequest): Promise<unknown> {
  const text = await request.body();
  const type = mediaType(request);
  if (type === 'application/yaml' || type === 'application/apply-patch+yaml') {
    try {
      return parse(text);
    } catch (error) {
      throw badRequest(`error decoding YAML: ${String(error)}`);
    }
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${String(error)}`);
  }
}

export interface WriteOptions {
  readonly isDryRun: boolean;
  readonly validation: FieldValidation;
  readonly manager: string;
}

function refusedOption(kind: string, cause: Cause): Refusal {
  return failure(422, `${kind}.meta.k8s.io "" is invalid: ${cause.field}: ${cause.message}`, {
    reason: 'Invalid',
    details: { group: 'meta.k8s.io', kind, causes: [cause] },
  });
}

const optionKinds: Readonly<Record<string, string>> = {
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
  PATCH: 'PatchOptions',
  DELETE: 'DeleteOptions',
};

/** @throws Refusal 422 for options that the API server knows and this value is not one of */
export function writeOptions(request: ApiRequest): WriteOptions {
  const { query, headers, method } = request;
  const kind = optionKinds[method] ?? 'CreateOptions';
  const unsupported = (field: string, value: string, supported: readonly string[]) =>
    refusedOption(kind, {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((item) => `"${item}"`).join(', ')}`,
      field,
    });

  for (const value of query.getAll('dryRun')) {
    if (value !== 'All') throw unsupported('dryRun', value, ['All']);
  }
  const validation = query.get('fieldValidation') || 'Warn';
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    throw unsupported('fieldValidation', validation, ['Ignore', 'Strict', 'Warn']);
  }
  const isApply = mediaType(request) === 'application/apply-patch+yaml';
  if (query.has('force') && !isApply) {
    const message = 'Forbidden: may not be specified for non-apply patch';
    throw refusedOption(kind, { reason: 'FieldValueForbidden', message, field: 'force' });
  }
  if (isApply && !query.get('fieldManager')) {
    const message = 'Required value: is required for apply patch';
    throw refusedOption(kind, { reason: 'FieldValueRequired', message, field: 'fieldManager' });
  }
  const [agent = ''] = (headers['user-agent'] ?? 'unknown').split('/');
  return { isDryRun: query.has('dryRun'), validation, manager: query.get('fieldManager') || agent };
}

/** Which patches a kind takes: strategic merge needs a compiled type. */
export const patchTypes = ({ isCustom }: Resource): readonly string[] => [
  'application/json-patch+json',
  'application/merge-patch+json',
  ...(isCustom ? [] : ['application/strategic-merge-patch+json']),
];
