/** Names that this lab's DNS knows. A name without a list for a type exists and has no such record. */
export type Zone = Readonly<Record<string, { readonly A?: readonly string[]; readonly AAAA?: readonly string[] }>>;

const typeA = 1;
const typeAAAA = 28;
const nameError = 3;

interface Question {
  readonly name: string;
  readonly type: number;
  /** Where the question ends in the message. */
  readonly end: number;
}

function questionIn(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.concat([...before, ...zeros, ...after].map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}

/** @throws RangeError for a message that is cut short */
export function answerTo(message: Buffer, zone: Zone): Buffer {
  const { name, type, end } = questionIn(message);
  const known = zone[name];
  const records = known ? ((type === typeAAAA ? known.AAAA : type === typeA ? known.A : []) ?? []) : [];
  const header = Buffer.from(message.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (known ? 0 : nameError), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8); // neither authority nor additional records, whatever the question brought
  const answers = records.map((address) => {
    const bytes = addressBytes(address);
    const fields = Buffer.alloc(12);
    fields.writeUInt16BE(0xc00c, 0); // the name of the question
    fields.writeUInt16BE(type, 2);
    fields.writeUInt16BE(1, 4);
    fields.writeUInt32BE(30, 6);
    fields.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([fields, bytes]);
  });
  return Buffer.concat([header, message.subarray(12, end), ...answers]);
}
