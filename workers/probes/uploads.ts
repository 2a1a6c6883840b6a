import { fromHex } from './address.ts';
import { linesOf, odd, type Section, UselessTool } from './section.ts';

interface Stuck {
  readonly address: string;
  readonly port: number;
  readonly bytes: number;
  readonly retransmits: number;
}

/** One `sent` line for each upload, and the connections whose data nobody has acknowledged, as /proc/net/tcp6 lists them. */
export const podUploads: Section<'podUploads'> = {
  provides: 'podUploads',
  from: ['connects', 'sockets'],
  exits: [1],
  parse(connects = '', sockets = '') {
    const sent = linesOf(connects).filter((line) => line.startsWith('sent '));
    if (sent.length === 0) throw new UselessTool('no tool here uploads');
    const stuck = linesOf(sockets).map(socketOf);
    return sent.map((line) => {
      const match = /^sent (\S+) (\d+)$/u.exec(line.trim());
      if (!match) throw odd('not an upload', line);
      const [, address = '', port] = match;
      const own = stuck.filter((each) => each.address === address && each.port === Number(port));
      return {
        address,
        port: Number(port),
        unacknowledgedBytes: Math.max(0, ...own.map(({ bytes }) => bytes)),
        retransmits: Math.max(0, ...own.map(({ retransmits }) => retransmits)),
      };
    });
  },
};

/** `sl local remote st tx:rx tr:when retrnsmt …`; addresses are four words in the byte order of the machine. */
function socketOf(line: string): Stuck {
  const match =
    /^\s*\d+: [0-9A-F]{32}:[0-9A-F]{4} ([0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):[0-9A-F]{8} \S+ ([0-9A-F]{8}) /u.exec(
      line,
    );
  if (!match) throw odd('not a socket', line);
  const [, words = '', port = '', bytes = '', retransmits = ''] = match;
  const hex =
    words
      .match(/.{8}/gu)
      ?.map((word) => word.match(/../gu)?.toReversed().join(''))
      .join('') ?? '';
  return {
    address: fromHex(hex.toLowerCase()),
    port: Number.parseInt(port, 16),
    bytes: Number.parseInt(bytes, 16),
    retransmits: Number.parseInt(retransmits, 16),
  };
}
