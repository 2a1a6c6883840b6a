import { isIP } from 'node:net';
import { type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { Cause } from '../status.ts';
import { invalidValue, notSupported, tooMany } from './cause.ts';
import { labelSelectorShape, type Shape } from './shape.ts';

const pods: Shape = {
  fields: { namespaceSelector: labelSelectorShape, podSelector: labelSelectorShape },
  required: ['namespaceSelector', 'podSelector'],
};
const ports: Shape = {
  fields: {
    destinationPort: {
      fields: {
        number: 'integer',
        range: { fields: { start: 'integer', end: 'integer' }, required: ['start', 'end'] },
      },
    },
  },
};
const protocols: Shape = {
  list: { fields: { tcp: ports, udp: ports, sctp: ports, destinationNamedPort: 'string' } },
};
const insidePeer = { namespaces: labelSelectorShape, pods } as const;

/** network-policy-api v0.2.0, standard channel with the `networks` peers that Calico ships. */
export const clusterNetworkPolicyShape: Shape = {
  fields: {
    tier: 'string',
    priority: 'integer',
    subject: { fields: insidePeer },
    ingress: {
      list: {
        fields: { name: 'string', action: 'string', from: { list: { fields: insidePeer } }, protocols },
        required: ['action', 'from'],
      },
    },
    egress: {
      list: {
        fields: {
          name: 'string',
          action: 'string',
          to: { list: { fields: { ...insidePeer, networks: { list: 'string' } } } },
          protocols,
        },
        required: ['action', 'to'],
      },
    },
  },
  required: ['tier', 'priority', 'subject'],
};

function isNetwork(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  const family = isIP(address);
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}

function exactlyOne(value: unknown, field: string): readonly Cause[] {
  const count = Object.keys(fieldsOf(value)).length;
  if (count === 1) return [];
  const bound = count === 0 ? `should have at least 1 properties` : `must have at most 1 items`;
  return [invalidValue(field, count, `${field} in body ${bound}`)];
}

function ruleProblems(rule: Fields, peers: 'from' | 'to', field: string): readonly Cause[] {
  const problems: Cause[] = [];
  const actions = ['Accept', 'Deny', 'Pass'];
  if (rule.action !== undefined && !actions.includes(String(rule.action))) {
    problems.push(notSupported(`${field}.action`, rule.action, actions));
  }
  const name = textOf(rule.name) ?? '';
  if (name.length > 100)
    problems.push(invalidValue(`${field}.name`, name, `${field}.name in body should be at most 100 chars long`));
  for (const list of [peers, 'protocols'] as const) {
    const items = listOf(rule[list]);
    const at = `${field}.${list}`;
    if (Array.isArray(rule[list]) && items.length === 0) {
      problems.push(invalidValue(at, 0, `${at} in body should have at least 1 items`));
    }
    if (items.length > 25) problems.push(tooMany(at, items.length, 25));
    for (const [index, item] of items.entries()) {
      problems.push(...exactlyOne(item, `${at}[${index}]`));
      for (const [position, network] of listOf(fieldsOf(item).networks).entries()) {
        if (isNetwork(String(network))) continue;
        const why = 'Each network must be a valid CIDR';
        problems.push(invalidValue(`${at}[${index}].networks[${position}]`, network, why));
      }
    }
  }
  return problems;
}

export function clusterNetworkPolicyProblems(spec: Fields): readonly Cause[] {
  const problems: Cause[] = [];
  const tiers = ['Admin', 'Baseline'];
  if (spec.tier !== undefined && !tiers.includes(String(spec.tier)))
    problems.push(notSupported('spec.tier', spec.tier, tiers));
  if (typeof spec.priority === 'number' && (spec.priority < 0 || spec.priority > 1_000)) {
    const bound = spec.priority < 0 ? 'greater than or equal to 0' : 'less than or equal to 1000';
    problems.push(invalidValue('spec.priority', spec.priority, `spec.priority in body should be ${bound}`));
  }
  if (spec.subject !== undefined) problems.push(...exactlyOne(spec.subject, 'spec.subject'));
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    const rules = listOf(spec[direction]);
    if (rules.length > 25) problems.push(tooMany(`spec.${direction}`, rules.length, 25));
    for (const [index, rule] of rules.entries()) {
      problems.push(...ruleProblems(fieldsOf(rule), peers, `spec.${direction}[${index}]`));
    }
  }
  return problems;
}
