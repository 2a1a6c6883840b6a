import { describe, expect, it } from 'vitest';
import { podUploads } from '../../../workers/probes/uploads.ts';
import { parsed } from './seeing.ts';

const sent = 'sent 2606:4700:4700::1111 443\nsent 2606:4700:4700::1111 443\nsent 2001:4860:4860::8888 443';
// Linux 6.18 on a little-endian machine: to 2606:4700:4700::1111 port 443.
const stuck =
  '   3: 230010FD00440A2400000000040000A0:A1C4 00470626000000470000000011110000:01BB 04 00000FA1:00000000 01:00000014 00000003     0        0 0 2 0000000000000000 400 0 0 1 2';

describe('workers/probes/uploads', () => {
  it('finds the data that nobody acknowledged, and what was sent again', () => {
    expect(parsed(podUploads, `6 ::1 443 1 nc-e 0 1 \n${sent}`, stuck)).toEqual([
      { address: '2606:4700:4700::1111', port: 443, unacknowledgedBytes: 4001, retransmits: 3 },
      { address: '2001:4860:4860::8888', port: 443, unacknowledgedBytes: 0, retransmits: 0 },
    ]);
  });

  it('takes another port of the same address for somebody else’s', () => {
    const other = stuck.replace(':01BB', ':01BC');

    expect(parsed(podUploads, sent, other)).toMatchObject([{ unacknowledgedBytes: 0 }, { unacknowledgedBytes: 0 }]);
  });

  it('waits for no acknowledgement of what is not connected', () => {
    const opening = stuck.replace(' 04 00000FA1', ' 02 00000001');

    expect(parsed(podUploads, sent, opening)).toMatchObject([{ unacknowledgedBytes: 0 }, { unacknowledgedBytes: 0 }]);
  });

  it('is all well without a line', () => {
    expect(parsed(podUploads, sent, '')).toMatchObject([{ retransmits: 0 }, { retransmits: 0 }]);
  });

  it('says so where the tool that connects does not upload', () => {
    expect(parsed(podUploads, '6 ::1 443 1 perl 0 1 ', '')).toBe('TOOL_MISSING connects: no tool here uploads');
  });

  it.each([
    ['sent nowhere', '', 'not an upload: sent nowhere'],
    [sent, 'grep: /proc/net/tcp6: odd', 'not a socket: grep: /proc/net/tcp6: odd'],
  ])('is puzzled by "%s" and "%s"', (connects, sockets, detail) => {
    expect(parsed(podUploads, connects, sockets)).toBe(`UNPARSABLE connects: ${detail}`);
  });
});
