import { fromHex } from './address.ts';
import { linesOf, odd, type Section, UselessTool } from './section.ts';

/** TCP_SYN_SENT: what has no connection yet has nothing to be acknowledged but its SYN. */
const synSent = '02';

interface Stuck {
  readonly state: string;
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
    // Each is made twice, as two protocols.
    const sent = new Set(linesOf(connects).flatMap((line) => (line.startsWith('sent ') ? [line.trim()] : [])));
    if (sent.size === 0) throw new UselessTool('no tool here uploads');
    const stuck = linesOf(sockets)
      .map(socketOf)
      .filter(({ state }) => state !== synSent);
    return [...sent].map((line) => {
      const match = /^sent (\S+) (\d+)$/u.exec(line);
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
    /^\s*\d+: [0-9A-F]{32}:[0-9A-F]{4} ([0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) ([0-9A-F]{8}):[0-9A-F]{8} \S+ ([0-9A-F]{8}) /u.exec(
      line,
    );
  if (!match) throw odd('not a socket', line);
  const [, words = '', port = '', state = '', bytes = '', retransmits = ''] = match;
  const hex =
    words
      .match(/.{8}/gu)
      ?.map((word) => word.match(/../gu)?.toReversed().join(''))
      .join('') ?? '';
  return {
    state,
    address: fromHex(hex.toLowerCase()),
    port: Number.parseInt(port, 16),
    bytes: Number.parseInt(bytes, 16),
    retransmits: Number.parseInt(retransmits, 16),
  };
}
