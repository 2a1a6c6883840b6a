import { type Fields, fieldsOf, isFields, listOf, textOf } from '../json.ts';
import type { Cause } from '../status.ts';
import { forbiddenValue, invalidValue, notSupported, requiredValue } from './cause.ts';
import { canonicalText, isStrictSubset, parseCidr } from './cidr.ts';
import { labelProblems } from './metadata.ts';
import { labelSelectorShape, type Shape } from './shape.ts';

const peerShape: Shape = {
  fields: {
    podSelector: labelSelectorShape,
    namespaceSelector: labelSelectorShape,
    ipBlock: { fields: { cidr: 'string', except: { list: 'string' } } },
  },
};
const portShape: Shape = { fields: { protocol: 'string', port: 'int-or-string', endPort: 'integer' } };

export const networkPolicyShape: Shape = {
  fields: {
    podSelector: labelSelectorShape,
    policyTypes: { list: 'string' },
    ingress: { list: { fields: { from: { list: peerShape }, ports: { list: portShape } } } },
    egress: { list: { fields: { to: { list: peerShape }, ports: { list: portShape } } } },
  },
};

/** Empty lists vanish when the object is stored: they carry `omitempty`. */
function withoutEmptyLists(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

function defaultedRule(rule: unknown): Fields {
  const { ports, ...rest } = withoutEmptyLists(fieldsOf(rule));
  const defaulted = listOf(ports).map((port) => ({ protocol: 'TCP', ...fieldsOf(port) }));
  return defaulted.length > 0 ? { ...rest, ports: defaulted } : rest;
}

export function defaultedNetworkPolicy(spec: Fields): Fields {
  const egress = listOf(spec.egress).map(defaultedRule);
  const ingress = listOf(spec.ingress).map(defaultedRule);
  const types = listOf(spec.policyTypes);
  return {
    ...withoutEmptyLists({ ...spec, egress, ingress }),
    podSelector: spec.podSelector ?? {},
    policyTypes: types.length > 0 ? types : egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
  };
}

function selectorProblems(selector: unknown, field: string): readonly Cause[] {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
  return [
    ...labelProblems(fieldsOf(matchLabels), `${field}.matchLabels`),
    ...listOf(matchExpressions).flatMap((raw, index) => {
      const { key, operator, values } = fieldsOf(raw);
      const at = `${field}.matchExpressions[${index}]`;
      if (!textOf(key)) return [requiredValue(`${at}.key`)];
      if (!operators.includes(String(operator)))
        return [invalidValue(`${at}.operator`, operator, 'not a valid selector operator')];
      const needsValues = operator === 'In' || operator === 'NotIn';
      if (needsValues && listOf(values).length === 0) {
        return [requiredValue(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
      }
      if (!needsValues && listOf(values).length > 0) {
        return [forbiddenValue(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
      }
      return [];
    }),
  ];
}

function blockProblems(block: Fields, field: string): readonly Cause[] {
  if (!textOf(block.cidr)) return [requiredValue(`${field}.cidr`)];
  const outer = parseCidr(String(block.cidr));
  if (!outer.ok) return [invalidValue(`${field}.cidr`, block.cidr, outer.why)];
  return listOf(block.except).flatMap((except, index) => {
    const inner = parseCidr(String(except));
    const at = `${field}.except[${index}]`;
    if (!inner.ok) return [invalidValue(at, except, inner.why)];
    return isStrictSubset(inner.cidr, outer.cidr)
      ? []
      : [invalidValue(at, except, 'must be a strict subset of `cidr`')];
  });
}

function peerProblems(peer: Fields, field: string): readonly Cause[] {
  const count = Object.keys(peer).length;
  if (count === 0) return [requiredValue(field, 'must specify a peer')];
  if (isFields(peer.ipBlock)) {
    if (count > 1) return [forbiddenValue(field, 'may not specify both ipBlock and another peer')];
    return blockProblems(peer.ipBlock, `${field}.ipBlock`);
  }
  return ['podSelector', 'namespaceSelector'].flatMap((name) => selectorProblems(peer[name], `${field}.${name}`));
}

function portProblems({ protocol, port, endPort }: Fields, field: string): readonly Cause[] {
  const protocols = ['TCP', 'UDP', 'SCTP'];
  const problems: Cause[] = [];
  if (protocol !== undefined && !protocols.includes(String(protocol)))
    problems.push(notSupported(`${field}.protocol`, protocol, protocols));
  if (typeof port === 'number' && (port < 1 || port > 65_535)) {
    problems.push(invalidValue(`${field}.port`, port, 'must be between 1 and 65535, inclusive'));
  }
  if (typeof port === 'string' && !/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(port)) {
    problems.push(invalidValue(`${field}.port`, port, 'must contain at least one letter (a-z)'));
  }
  if (typeof endPort === 'number' && typeof port !== 'number') {
    problems.push(requiredValue(`${field}.port`, 'must be specified and numeric when endPort is set'));
  } else if (typeof endPort === 'number' && typeof port === 'number' && endPort < port) {
    problems.push(invalidValue(`${field}.endPort`, endPort, 'must be greater than or equal to `port`'));
  }
  return problems;
}

export function networkPolicyProblems(spec: Fields): readonly Cause[] {
  const rules = (direction: 'ingress' | 'egress', peers: 'from' | 'to') =>
    listOf(spec[direction]).flatMap((raw, index) => {
      const rule = fieldsOf(raw);
      const at = `spec.${direction}[${index}]`;
      return [
        ...listOf(rule.ports).flatMap((port, i) => portProblems(fieldsOf(port), `${at}.ports[${i}]`)),
        ...listOf(rule[peers]).flatMap((peer, i) => peerProblems(fieldsOf(peer), `${at}.${peers}[${i}]`)),
      ];
    });
  const types = listOf(spec.policyTypes);
  const typeProblems =
    types.length > 2
      ? [invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes')]
      : types.flatMap((type, index) =>
          type === 'Ingress' || type === 'Egress'
            ? []
            : [notSupported(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress'])],
        );
  return [
    ...selectorProblems(spec.podSelector, 'spec.podSelector'),
    ...rules('ingress', 'from'),
    ...rules('egress', 'to'),
    ...typeProblems,
  ];
}

/** What is stored as sent, and only warned about. */
export function networkPolicyWarnings(spec: Fields): readonly string[] {
  return listOf(spec.egress).flatMap((rule, i) =>
    listOf(fieldsOf(rule).to).flatMap((peer, j) => {
      const block = textOf(fieldsOf(fieldsOf(peer).ipBlock).cidr);
      const parsed = block === undefined ? undefined : parseCidr(block);
      if (block === undefined || !parsed?.ok || parsed.cidr.isCanonical) return [];
      const at = `spec.egress[${i}].to[${j}].ipBlock.cidr`;
      return [`${at}: IPv6 CIDR value "${block}" should be in RFC 5952 canonical format ("${canonicalText(block)}")`];
    }),
  );
}
