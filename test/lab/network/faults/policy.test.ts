import { describe } from 'vitest';
import { policyEntries } from '../../../../lab/network/faults/policy.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/policy', () => {
  provesByPackets(policyEntries, {
    'k8s-np-egress-isolated-no-v6': ['silence', 'open'],
    'k8s-np-egress-isolated-no-v6--deny-all': ['silence', 'open', 'silence'],
    'k8s-np-egress-isolated-no-v6--other-prefix': ['silence', 'open'],
    'k8s-np-egress-isolated-no-v6--port': ['silence', 'open'],
    'k8s-np-ipv4-only-ipblock': ['silence', 'open'],
    'k8s-np-ipv4-only-ipblock--except': ['silence', 'open'],
    'calico-policy-deny': ['silence', 'open'],
    'calico-policy-deny--default-deny': ['silence', 'open'],
    'calico-policy-deny--network-set': ['silence', 'open'],
    'calico-policy-deny--before-allow': ['silence', 'open'],
    'calico-rule-ipv4-cidr-skipped-for-v6': ['silence', 'open'],
    'calico-rule-ipv4-cidr-skipped-for-v6--nets': ['silence', 'open'],
    'calico-rule-ipv4-cidr-skipped-for-v6--source': ['silence', 'open'],
  });
});
