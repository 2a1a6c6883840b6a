import { isWithin, parseCidr } from '../net/cidr.ts';
import { labelSelector } from './labels.ts';
import { faultIn, has, type Json, record, records, strings } from './read.ts';

const specShape = { podSelector: 'any', policyTypes: 'strings', ingress: 'objects', egress: 'objects' } as const;
const peerShape = { ipBlock: 'object', podSelector: 'any', namespaceSelector: 'any' } as const;
const portShape = { protocol: 'string', port: 'any', endPort: 'number' } as const;

type Find = (path: string) => string | null;

function first(finds: readonly Find[], path: string): string | null {
  for (const find of finds) {
    const fault = find(path);
    if (fault !== null) return fault;
  }
  return null;
}

const each = (list: unknown, name: string, find: (item: Json, path: string) => string | null): Find[] =>
  records(list).map((item, index) => (path) => find(item, `${path}.${name}[${index}]`));

/**
 * Why the API server would not take this spec; null when it would. What it would not take is not in a cluster as it stands
 * here, so what it does there is not known.
 */
export function faultInNetworkPolicy(value: unknown, isCalico: boolean): string | null {
  const spec = record(value);
  return first(
    [
      (path) => faultIn(value, specShape, path),
      (path) => selectorFault(spec.podSelector, `${path}.podSelector`),
      (path) =>
        strings(spec.policyTypes).every((type) => type === 'Ingress' || type === 'Egress')
          ? null
          : `${path}.policyTypes lists something other than Ingress and Egress`,
      ...each(spec.egress, 'egress', (rule, at) =>
        first(
          [
            (path) => faultIn(rule, { to: 'objects', ports: 'objects' }, path),
            ...each(rule.to, 'to', (peer, path) => peerFault(peer, path, isCalico)),
            ...each(rule.ports, 'ports', portFault),
          ],
          at,
        ),
      ),
    ],
    'spec',
  );
}

function selectorFault(selector: unknown, path: string): string | null {
  return labelSelector(selector) ? null : `${path}: a label selector cannot be understood`;
}

function peerFault(peer: Json, path: string, isCalico: boolean): string | null {
  const fault = faultIn(peer, peerShape, path);
  if (fault !== null) return fault;
  const selects = has(peer, 'podSelector') || has(peer, 'namespaceSelector');
  if (!has(peer, 'ipBlock')) {
    if (!selects) return `${path} names no peer`;
    return (
      selectorFault(peer.podSelector, `${path}.podSelector`) ??
      selectorFault(peer.namespaceSelector, `${path}.namespaceSelector`)
    );
  }
  return selects ? `${path} names a block and pods at once` : blockFault(record(peer.ipBlock), path, isCalico);
}

function blockFault(block: Json, path: string, isCalico: boolean): string | null {
  const fault = faultIn(block, { cidr: 'string', except: 'strings' }, `${path}.ipBlock`);
  if (fault !== null || isCalico) return fault;
  const cidr = parseCidr(String(block.cidr));
  if (!cidr) return `${path}.ipBlock: "${String(block.cidr).slice(0, 64)}" is not a CIDR`;
  const isException = (text: string) => {
    const except = parseCidr(text);
    return except !== null && isWithin(except, cidr) && except.prefixLength > cidr.prefixLength;
  };
  const bad = strings(block.except).find((text) => !isException(text));
  return bad === undefined ? null : `${path}.ipBlock.except: "${bad.slice(0, 64)}" is no network within the block`;
}

const isNumber = (port: unknown): port is number =>
  typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
const isName = (port: unknown) =>
  typeof port === 'string' && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(port) && /[a-z]/i.test(port);

function portFault(json: Json, path: string): string | null {
  const fault = faultIn(json, portShape, path);
  if (fault !== null) return fault;
  const { protocol = 'TCP', port, endPort } = json;
  if (protocol !== null && !['TCP', 'UDP', 'SCTP'].includes(String(protocol))) {
    return `${path}: the protocol "${String(protocol).slice(0, 64)}" is unknown`;
  }
  if (has(json, 'port') && !isNumber(port) && !isName(port)) return `${path}.port is no port`;
  if (!has(json, 'endPort')) return null;
  return isNumber(port) && isNumber(endPort) && endPort >= port ? null : `${path}.endPort ends no range`;
}
