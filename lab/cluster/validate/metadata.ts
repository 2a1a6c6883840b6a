import type { Fields } from '../json.ts';
import { fieldsOf, listOf, textOf } from '../json.ts';
import type { Cause } from '../status.ts';
import { invalidValue, tooLong } from './cause.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const nameWords =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const annotationBytes = 262_144;

function keyProblems(key: string, field: string): readonly Cause[] {
  const [prefix, name, ...rest] = key.includes('/') ? key.split('/') : [undefined, key];
  const isGood =
    rest.length === 0 &&
    name !== undefined &&
    name.length <= 63 &&
    labelName.test(name) &&
    (prefix === undefined || (prefix.length <= 253 && subdomain.test(prefix)));
  return isGood ? [] : [invalidValue(field, key, nameWords)];
}

export function labelProblems(labels: Fields, field: string): readonly Cause[] {
  return Object.entries(labels).flatMap(([key, raw]) => {
    const value = textOf(raw) ?? '';
    const problems = [...keyProblems(key, field)];
    if (value.length > 63) problems.push(invalidValue(field, value, 'must be no more than 63 bytes'));
    else if (value !== '' && !labelName.test(value)) problems.push(invalidValue(field, value, valueWords));
    return problems;
  });
}

export function metadataProblems(metadata: Fields): readonly Cause[] {
  const name = textOf(metadata.name) ?? '';
  const problems: Cause[] = [];
  if (name.length > 253) problems.push(invalidValue('metadata.name', name, 'must be no more than 253 bytes'));
  else if (!subdomain.test(name)) problems.push(invalidValue('metadata.name', name, subdomainWords));
  problems.push(...labelProblems(fieldsOf(metadata.labels), 'metadata.labels'));

  const annotations = Object.entries(fieldsOf(metadata.annotations));
  for (const [key] of annotations) problems.push(...keyProblems(key.toLowerCase(), 'metadata.annotations'));
  const size = annotations.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  if (size > annotationBytes) problems.push(tooLong('metadata.annotations', annotationBytes));
  for (const finalizer of listOf(metadata.finalizers)) {
    if (!String(finalizer).includes('/')) {
      const why = 'name is neither a standard finalizer name nor is it fully qualified';
      problems.push(invalidValue('metadata.finalizers', finalizer, why));
    }
  }
  return problems;
}
