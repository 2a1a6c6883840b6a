import { describe } from 'vitest';
import { translationEntries } from '../../../../lab/network/faults/translation.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/translation', () => {
  provesByPackets(translationEntries, {
    'natoutgoing-disabled-ula': ['silence', 'open'],
    'natoutgoing-disabled-ula--set-empty': ['silence', 'open'],
    'natoutgoing-disabled-ula--other-pool': ['silence', 'open'],
    'pod-gua-not-routed-back': ['silence', 'open'],
    'pod-gua-not-routed-back--on-link': ['silence', 'open'],
    'masquerade-skipped-dest-in-pool': ['silence', 'open'],
    'masquerade-skipped-dest-in-pool--disabled': ['silence', 'open'],
    'masquerade-source-unroutable': ['silence', 'silence'],
    'masquerade-source-unroutable--wrong-prefix': ['silence', 'silence'],
    'felix-nat-config-breaks-v6': ['silence', 'open', 'silence'],
    'felix-nat-config-breaks-v6--ipv4-address': ['silence', 'open'],
    'infra-source-filter': ['silence', 'open'],
  });
});
