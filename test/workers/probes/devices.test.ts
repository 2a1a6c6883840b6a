import { describe, expect, it } from 'vitest';
import { podDevices } from '../../../workers/probes/devices.ts';
import { parsed } from './seeing.ts';

const headings = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
const line = (name: string, received: number, sent: number) =>
  `  ${name}:  123456 ${received}    0    0    0     0          0         0    98765 ${sent}    0    0    0     0       0          0\n`;

describe('workers/probes/devices', () => {
  // Linux 6.18.
  it('reads packets of both directions', () => {
    const before = headings + line('lo', 0, 0) + line('eth0', 40, 41);
    const after = headings + line('lo', 8, 8) + line('eth0', 42, 49);

    expect(parsed(podDevices, before, after)).toEqual({
      before: { lo: { received: 0, sent: 0 }, eth0: { received: 40, sent: 41 } },
      after: { lo: { received: 8, sent: 8 }, eth0: { received: 42, sent: 49 } },
    });
  });

  it.each(['', headings, 'lo: 1 2 3', 'nothing'])('takes "%s" for nothing that it knows', (text) => {
    expect(parsed(podDevices, text, text)).toMatch(/^UNPARSABLE dev-before: (no interfaces at all|not an interface)/);
  });
});
