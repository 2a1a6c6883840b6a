import { type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { Cause } from '../status.ts';
import { duplicateValue, invalidValue, notSupported, requiredValue, tooLong, tooMany } from './cause.ts';
import type { Shape } from './shape.ts';

const strings: Shape = { list: 'string' };
const icmp: Shape = { fields: { type: 'integer', code: 'integer' } };

const entity: Shape = {
  fields: {
    nets: strings,
    notNets: strings,
    selector: 'string',
    notSelector: 'string',
    namespaceSelector: 'string',
    ports: { list: 'int-or-string' },
    notPorts: { list: 'int-or-string' },
    serviceAccounts: { fields: { names: strings, selector: 'string' } },
    services: { fields: { name: 'string', namespace: 'string' } },
  },
};

const rule: Shape = {
  fields: {
    action: 'string',
    ipVersion: 'integer',
    protocol: 'int-or-string',
    notProtocol: 'int-or-string',
    icmp,
    notICMP: icmp,
    source: entity,
    destination: entity,
    http: { fields: { methods: strings, paths: { list: 'any' } } },
    metadata: { fields: { annotations: 'labels' } },
  },
};

const common: Readonly<Record<string, Shape>> = {
  tier: 'string',
  order: 'number',
  selector: 'string',
  serviceAccountSelector: 'string',
  types: strings,
  ingress: { list: rule },
  egress: { list: rule },
  performanceHints: strings,
};

export const calicoNetworkPolicyShape: Shape = { fields: common };

export const globalNetworkPolicyShape: Shape = {
  fields: {
    ...common,
    namespaceSelector: 'string',
    doNotTrack: 'boolean',
    preDNAT: 'boolean',
    applyOnForward: 'boolean',
  },
};

const actions = ['Allow', 'Deny', 'Log', 'Pass'];

function entityProblems(value: Fields, field: string): readonly Cause[] {
  const problems: Cause[] = [];
  for (const name of ['nets', 'notNets'] as const) {
    const nets = listOf(value[name]);
    if (nets.length > 256) problems.push(tooMany(`${field}.${name}`, nets.length, 256));
    const second = nets.findIndex((net, index) => nets.indexOf(net) !== index);
    if (second >= 0) problems.push(duplicateValue(`${field}.${name}[${second}]`, nets[second]));
  }
  for (const name of ['ports', 'notPorts'] as const) {
    const ports = listOf(value[name]);
    if (ports.length > 50) problems.push(tooMany(`${field}.${name}`, ports.length, 50));
  }
  for (const name of ['selector', 'notSelector', 'namespaceSelector'] as const) {
    const selector = textOf(value[name]) ?? '';
    if (selector.length > 1_024) problems.push(tooLong(`${field}.${name}`, 1_024));
    if (name !== 'namespaceSelector' && /\bglobal\(\)/.test(selector)) {
      problems.push(invalidValue(field, 'object', 'global() can only be used in an EntityRule namespaceSelector'));
    }
  }
  return problems;
}

function ruleProblems(value: Fields, field: string): readonly Cause[] {
  const problems: Cause[] = [];
  if (value.action === undefined) problems.push(requiredValue(`${field}.action`));
  else if (!actions.includes(String(value.action)))
    problems.push(notSupported(`${field}.action`, value.action, actions));
  if (value.ipVersion !== undefined && value.ipVersion !== 4 && value.ipVersion !== 6) {
    problems.push(notSupported(`${field}.ipVersion`, value.ipVersion, ['4', '6']));
  }
  const protocols = [value.protocol, value.notProtocol];
  if (protocols.includes('ICMPv6') && value.ipVersion === 4) {
    problems.push(invalidValue(field, 'object', 'protocol ICMPv6 requires ipVersion 6'));
  }
  const { type, code } = fieldsOf(value.icmp);
  if (value.icmp !== undefined && !['ICMP', 'ICMPv6'].includes(String(value.protocol))) {
    problems.push(invalidValue(field, 'object', 'ICMP fields require protocol to be ICMP or ICMPv6'));
  }
  if (code !== undefined && type === undefined) {
    problems.push(invalidValue(`${field}.icmp`, 'object', 'ICMP code specified without an ICMP type'));
  }
  if (typeof type === 'number' && (type < 0 || type > 254)) {
    const bound = `spec in body should be ${type < 0 ? 'greater than or equal to 0' : 'less than or equal to 254'}`;
    problems.push(invalidValue(`${field}.icmp.type`, type, bound));
  }
  return [
    ...problems,
    ...entityProblems(fieldsOf(value.source), `${field}.source`),
    ...entityProblems(fieldsOf(value.destination), `${field}.destination`),
  ];
}

export function calicoPolicyProblems(spec: Fields): readonly Cause[] {
  const problems: Cause[] = [];
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = listOf(spec[direction]);
    if (rules.length > 1_024) problems.push(tooMany(`spec.${direction}`, rules.length, 1_024));
    for (const [index, raw] of rules.entries())
      problems.push(...ruleProblems(fieldsOf(raw), `spec.${direction}[${index}]`));
  }
  for (const name of ['selector', 'serviceAccountSelector', 'namespaceSelector'] as const) {
    const selector = textOf(spec[name]) ?? '';
    if (selector.length > 1_024) problems.push(tooLong(`spec.${name}`, 1_024));
    if (/\bglobal\(\)/.test(selector)) {
      problems.push(invalidValue('spec', 'object', 'global() can only be used in an EntityRule namespaceSelector'));
    }
  }
  const types = listOf(spec.types);
  if (Array.isArray(spec.types) && types.length === 0) {
    problems.push(invalidValue('spec.types', 0, 'spec.types in body should have at least 1 items'));
  }
  for (const [index, type] of types.entries()) {
    if (type !== 'Ingress' && type !== 'Egress')
      problems.push(notSupported(`spec.types[${index}]`, type, ['Ingress', 'Egress']));
    else if (types.indexOf(type) !== index) problems.push(duplicateValue(`spec.types[${index}]`, type));
  }
  return problems;
}

export function globalPolicyProblems(spec: Fields): readonly Cause[] {
  const problems = [...calicoPolicyProblems(spec)];
  const isEarly = spec.preDNAT === true || spec.doNotTrack === true;
  if (isEarly && spec.applyOnForward === false) {
    problems.push(
      invalidValue('spec', 'object', 'applyOnForward must be true if either preDNAT or doNotTrack is true'),
    );
  }
  if (spec.preDNAT === true && listOf(spec.egress).length > 0) {
    problems.push(invalidValue('spec', 'object', 'preDNAT policy cannot have any egress rules'));
  }
  return problems;
}

/** The three tiers of Calico's own keep their order and their action. */
const ownTiers: Readonly<Record<string, { readonly order: number; readonly defaultAction: string }>> = {
  default: { order: 1_000_000, defaultAction: 'Deny' },
  'kube-admin': { order: 1_000, defaultAction: 'Pass' },
  'kube-baseline': { order: 10_000_000, defaultAction: 'Pass' },
};

export const tierShape: Shape = { fields: { order: 'number', defaultAction: 'string' } };

export function tierProblems(spec: Fields, name: string): readonly Cause[] {
  const problems: Cause[] = [];
  if (spec.defaultAction !== 'Deny' && spec.defaultAction !== 'Pass') {
    problems.push(notSupported('spec.defaultAction', spec.defaultAction, ['Pass', 'Deny']));
  }
  const own = ownTiers[name];
  if (own && (spec.order !== own.order || spec.defaultAction !== own.defaultAction)) {
    const why = `The '${name}' tier must have order ${own.order} and default action '${own.defaultAction}'`;
    problems.push(invalidValue('<nil>', 'object', why));
  }
  return problems;
}
