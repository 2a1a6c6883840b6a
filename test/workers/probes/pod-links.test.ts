import { describe, expect, it } from 'vitest';
import { podLinks } from '../../../workers/probes/pod-links.ts';
import { parsed } from './seeing.ts';

/** In the order of a grep over three patterns. */
const listed = [
  ...['eth0/mtu:1450', 'lo/mtu:65536', 'tunl0/mtu:1480', 'eth0/flags:0x1002', 'lo/flags:0x9', 'tunl0/flags:0x80'],
  ...['eth0/address:0a:34:bd:3b:33:86', 'lo/address:00:00:00:00:00:00', 'tunl0/address:'],
];

describe('workers/probes/pod-links', () => {
  // Linux 6.18, GNU grep 3.8 and busybox 1.35; what has no address has no line of it.
  it.each([listed, listed.slice(0, -1)])('reads what sysfs says: %#', (...lines) => {
    expect(parsed(podLinks, lines.join('\n'))).toEqual([
      { name: 'eth0', mtu: 1450, isUp: false, mac: '0a:34:bd:3b:33:86', kind: null },
      { name: 'lo', mtu: 65_536, isUp: true, mac: '00:00:00:00:00:00', kind: null },
      { name: 'tunl0', mtu: 1480, isUp: false, mac: null, kind: null },
    ]);
  });

  it.each(['', '*/mtu:', 'cat: no such file', 'eth0/mtu:x\neth0/flags:0x9', 'eth0/mtu:1500', 'eth0/flags:0x9'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(podLinks, text)).toMatch(/^UNPARSABLE links: (not a link: |no links at all)/);
    },
  );
});
