import { describe, expect, it } from 'vitest';
import { doublesOf } from '../../../../lab/network/faults/doubles.ts';
import { entries } from '../../../../lab/network/faults/entries.ts';
import { stages } from '../../../../lab/network/faults/entry.ts';
import { provesByPackets } from '../probing.ts';

const doubles = doublesOf(entries.filter(({ kind }) => kind === 'fault'));

describe('lab/network/faults/doubles', () => {
  it.each(doubles)('$id names the one that the packet meets first', ({ id, cause, stage }) => {
    const [first = '', second = ''] = id.replace('double-', '').split('--');
    const stageOf = (wanted: string) => stages.indexOf(entries.find((entry) => entry.id === wanted)!.stage);

    expect(cause).toBe(first);
    expect(stages.indexOf(stage)).toBe(stageOf(first));
    expect(stageOf(first)).toBeLessThanOrEqual(stageOf(second));
  });

  provesByPackets(doubles, {
    ...Object.fromEntries(doubles.map(({ id }) => [id, ['silence', 'open'] as const])),
    'double-pod-no-default-v6-route--k8s-np-egress-isolated-no-v6': ['Network is unreachable', 'open'],
    'double-pod-disable-ipv6-sysctl--natoutgoing-disabled-ula': ['Network is unreachable', 'open'],
    'double-pod-gateway-linklocal-mismatch--node-upstream-black-hole': ['silence', 'silence'],
    'double-node-no-default-or-global-v6--natoutgoing-disabled-ula': [
      'Network is unreachable',
      'Network is unreachable',
    ],
    'double-host-forwarding-disabled--node-upstream-black-hole': ['silence', 'silence'],
    'double-calico-policy-deny--node-upstream-black-hole': ['silence', 'silence'],
    'double-natoutgoing-disabled-ula--node-upstream-black-hole': ['silence', 'silence'],
    'double-natoutgoing-disabled-ula--node-nexthop-unreachable': ['silence', 'silence'],
  });
});
