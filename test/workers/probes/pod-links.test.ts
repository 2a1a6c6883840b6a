import { describe, expect, it } from 'vitest';
import { podLinks } from '../../../workers/probes/pod-links.ts';
import { parsed } from './seeing.ts';

describe('workers/probes/pod-links', () => {
  // Linux 6.18.
  it('reads what sysfs says', () => {
    expect(
      parsed(podLinks, 'lo 65536 0x9 00:00:00:00:00:00\neth0 1450 0x1002 0a:34:bd:3b:33:86\ntunl0 1480 0x80 \n'),
    ).toEqual([
      { name: 'lo', mtu: 65_536, isUp: true, mac: '00:00:00:00:00:00', kind: null },
      { name: 'eth0', mtu: 1450, isUp: false, mac: '0a:34:bd:3b:33:86', kind: null },
      { name: 'tunl0', mtu: 1480, isUp: false, mac: null, kind: null },
    ]);
  });

  it.each(['', '*   ', 'cat: no such file', 'eth0 x 0x9 a', 'eth0 1500 9 a'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(podLinks, text)).toMatch(/^UNPARSABLE links: (not a link: |no links at all)/);
    },
  );
});
