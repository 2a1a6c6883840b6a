import type { KubeObject } from '../../contract.ts';
import { calicoObjects, list, record } from './known.ts';

/** What Felix makes of its FelixConfiguration and of calico-node's environment, which wins. */
export interface FelixSettings {
  readonly isIPv6On: boolean;
  readonly deny: 'drop' | 'reject';
  /** Whether an accepted packet is left to the rules behind Calico's. */
  readonly returnsAccepted: boolean;
  readonly appends: boolean;
  readonly natInterface: string | null;
  readonly natAddress: string | null;
}

function environmentOf(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const daemonSet = objects.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'calico-node');
  const containers = list(record(record(record(daemonSet?.spec).template).spec).containers);
  return new Map(containers.flatMap(({ env }) => list(env).map(({ name, value }) => [String(name), String(value)])));
}

export function settingsFrom(objects: readonly KubeObject[]): FelixSettings {
  const configuration = calicoObjects(objects, 'FelixConfiguration').find(
    ({ metadata }) => metadata.name === 'default',
  );
  const spec = record(configuration?.spec);
  const environment = environmentOf(objects);
  const support = environment.get('FELIX_IPV6SUPPORT') ?? String(spec.ipv6Support ?? true);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return {
    isIPv6On: support.toLowerCase() !== 'false',
    deny: spec.iptablesFilterDenyAction === 'Reject' ? 'reject' : 'drop',
    returnsAccepted: spec.iptablesFilterAllowAction === 'Return',
    appends: spec.chainInsertMode === 'Append',
    natInterface: text(spec.iptablesNATOutgoingInterfaceFilter),
    natAddress: text(spec.natOutgoingAddress),
  };
}
