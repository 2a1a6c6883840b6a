import { describe, expect, it } from 'vitest';
import { nodeSysctls, podSysctls } from '../../../workers/probes/sysctls.ts';
import { parsed } from './seeing.ts';

describe('workers/probes/sysctls', () => {
  // grep of busybox 1.35.0 and GNU 3.8.
  it.each`
    section        | text
    ${podSysctls}  | ${'all/forwarding:0\neth0.5/accept_ra:1\nlo/accept_dad:-1\n'}
    ${nodeSysctls} | ${'./all/forwarding:0\n./eth0.5/accept_ra:1\n./lo/accept_dad:-1\n'}
  `('reads what grep prints for $section.provides', ({ section, text }) => {
    expect(parsed(section, text)).toEqual({ 'all/forwarding': '0', 'eth0.5/accept_ra': '1', 'lo/accept_dad': '-1' });
  });

  it.each(['', 'grep: no', 'all/forwarding:', '/etc/passwd:1', 'a/b/c:1'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(podSysctls, text)).toMatch(/^UNPARSABLE sysctls: (not a sysctl: |no sysctls at all)/);
    },
  );
});
