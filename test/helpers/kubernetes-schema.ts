import { readFileSync } from 'node:fs';
import * as models from '@kubernetes/client-node';
import { z } from 'zod';
import type { KubeObject } from '../../lab/contract.ts';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

/** Kinds of groups that the client does not know, as far as the chart uses them. */
const metadata = z.looseObject({ name: z.string().min(1) });
const strings = z.record(z.string(), z.string());
const custom: Readonly<Record<string, z.ZodType>> = {
  'projectcalico.org/v3 Tier': z.strictObject({
    ...{ apiVersion: z.string(), kind: z.string(), metadata },
    spec: z.strictObject({ order: z.number(), defaultAction: z.enum(['Deny', 'Pass']) }),
  }),
  'monitoring.coreos.com/v1 ServiceMonitor': z.strictObject({
    ...{ apiVersion: z.string(), kind: z.string(), metadata },
    spec: z.strictObject({
      selector: z.strictObject({ matchLabels: strings }),
      endpoints: z.array(
        z.strictObject({
          ...{ port: z.string(), path: z.string().startsWith('/'), interval: z.string().regex(/^\d+[sm]$/) },
          relabelings: z.array(z.strictObject({ sourceLabels: z.array(z.string()), targetLabel: z.string() })),
        }),
      ),
    }),
  }),
  'monitoring.coreos.com/v1 PrometheusRule': z.strictObject({
    ...{ apiVersion: z.string(), kind: z.string(), metadata },
    spec: z.strictObject({
      groups: z.array(
        z.strictObject({
          name: z.string(),
          rules: z.array(
            z.strictObject({
              ...{
                alert: z.string(),
                expr: z.string(),
                for: z
                  .string()
                  .regex(/^\d+[smh]$/)
                  .optional(),
              },
              ...{ labels: strings, annotations: strings },
            }),
          ),
        }),
      ),
    }),
  }),
};

/** What an API server with fieldValidation=Strict would not take of this object: unknown, missing and mistyped fields. */
export function schemaProblems(object: KubeObject): string[] {
  const { apiVersion, kind } = object;
  const own = custom[`${apiVersion} ${kind}`];
  if (own) {
    const parsed = own.safeParse(object);
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
  const version = apiVersion.split('/').at(-1) ?? '';
  const model = `${version[0]?.toUpperCase()}${version.slice(1)}${kind}`;
  return attributesOf(model) ? problemsIn(object, model, '') : [`${apiVersion} ${kind} is a kind that nobody knows`];
}

function attributesOf(model: string): readonly Attribute[] | null {
  const found: unknown = Object.entries(models).find(([name]) => name === model)?.[1];
  if (typeof found !== 'function' || !('getAttributeTypeMap' in found)) return null;
  return (found as unknown as { getAttributeTypeMap(): readonly Attribute[] }).getAttributeTypeMap(); // generated
}

/** The generated declarations alone know which members have no question mark. */
const required = new Map<string, readonly string[]>();
function requiredBy(model: string): readonly string[] {
  const known = required.get(model);
  if (known) return known;
  const text = readFileSync(`node_modules/@kubernetes/client-node/dist/gen/models/${model}.d.ts`, 'utf8');
  const names = [...text.matchAll(/^ {4}'(\w+)': /gm)].map(([, name]) => name ?? '');
  required.set(model, names);
  return names;
}

function problemsIn(value: unknown, type: string, path: string): string[] {
  const [, item] = /^Array<(.+)>$/.exec(type) ?? [];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [`${path}: is no list`];
    return value.flatMap((each, at) => problemsIn(each, item, `${path}[${at}]`));
  }
  const [, member] = /^\{ \[key: string\]: (.+); \}$/.exec(type) ?? [];
  if (member !== undefined) {
    if (!isRecord(value)) return [`${path}: is no map`];
    return Object.entries(value).flatMap(([key, each]) => problemsIn(each, member, `${path}.${key}`));
  }
  const attributes = attributesOf(type);
  if (!attributes) return isOf(type, value) ? [] : [`${path}: is no ${type}`];
  if (!isRecord(value)) return [`${path}: is no ${type}`];
  const names = new Map(attributes.map((attribute) => [attribute.baseName, attribute.type]));
  return [
    ...requiredBy(type)
      .filter((name) => !(name in value))
      .map((name) => `${path}.${name}: is missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const wanted = names.get(name);
      return wanted === undefined ? [`${path}.${name}: is unknown`] : problemsIn(each, wanted, `${path}.${name}`);
    }),
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'IntOrString') return typeof value === 'string' || Number.isInteger(value);
  if (type === 'number') return typeof value === 'number';
  return type === 'any' || type === 'Date' || typeof value === type;
}
