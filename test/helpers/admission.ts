import { isIPv4, isIPv6 } from 'node:net';
import { Environment } from '@marcbachmann/cel-js';
import type { KubeObject } from '../../lab/contract.ts';

/** What the API server asks its admission about. */
export interface AdmissionRequest {
  readonly user: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly object: unknown;
  readonly oldObject: unknown;
}

interface Expression {
  readonly name: string;
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
}

interface Policy {
  readonly matchConstraints: {
    readonly resourceRules: readonly {
      readonly apiGroups: readonly string[];
      readonly operations: readonly string[];
      readonly resources: readonly string[];
    }[];
  };
  readonly matchConditions?: readonly Expression[];
  readonly variables?: readonly Expression[];
  readonly validations: readonly Expression[];
}

/** Kubernetes' additions to CEL, as far as the chart's rules need them. */
class Network {
  readonly family: bigint;
  constructor(family: bigint) {
    this.family = family;
  }
}
class Address extends Network {}
const familyOf = (text: string): bigint => (isIPv4(text.split('/')[0] ?? '') ? 4n : 6n);

function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  return (isIPv4(address) && Number(length) <= 32) || (isIPv6(address) && Number(length) <= 128);
}

const environment = new Environment({ unlistedVariablesAreDyn: true })
  .registerType('CIDR', { ctor: Network, fields: { family: 'int' } })
  .registerType('IP', { ctor: Address, fields: { family: 'int' } })
  .registerFunction('isCIDR(string): bool', isCidr)
  .registerFunction('cidr(string): CIDR', (text: string) => new Network(familyOf(text)))
  .registerFunction('CIDR.ip(): IP', (network: Network) => new Address(network.family))
  .registerFunction('IP.family(): int', (address: Address) => address.family);

/** Whole numbers are CEL's int, as a schema would tell the API server. */
function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, celValue(each)]));
}

/** The names of the policies that judge it, and the message of the first that refuses; null when all of them let it pass. */
export function judge(
  objects: readonly KubeObject[],
  request: AdmissionRequest,
): { judges: string[]; refusal: string | null } {
  const judging = objects
    .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    .map(({ metadata, spec }) => ({ name: metadata.name, policy: spec as Policy })) // its schema is checked elsewhere
    .filter(({ policy }) => matches(policy, request));
  const refusals = judging.flatMap(({ policy }) => refusalOf(policy, request) ?? []);
  return { judges: judging.map(({ name }) => name), refusal: refusals[0] ?? null };
}

function matches({ matchConstraints, matchConditions = [] }: Policy, request: AdmissionRequest): boolean {
  const { group, resource, operation, user } = request;
  const isOf = matchConstraints.resourceRules.some(
    ({ apiGroups, resources, operations }) =>
      apiGroups.includes(group) && resources.includes(resource) && operations.includes(operation),
  );
  const context = { request: { userInfo: { username: user } } };
  return isOf && matchConditions.every(({ expression }) => environment.evaluate(expression, context) === true);
}

function refusalOf({ variables = [], validations }: Policy, request: AdmissionRequest): string | null {
  const { user, operation, namespace, object, oldObject } = request;
  const known: Record<string, unknown> = {};
  const context = {
    request: { operation, namespace, userInfo: { username: user } },
    object: celValue(object),
    oldObject: celValue(oldObject),
    variables: known,
  };
  for (const { name, expression } of variables) known[name] = environment.evaluate(expression, context);
  for (const { expression, message, messageExpression } of validations) {
    if (environment.evaluate(expression, context) === true) continue;
    return messageExpression === undefined
      ? (message ?? `failed expression: ${expression}`)
      : String(environment.evaluate(messageExpression, context));
  }
  return null;
}
