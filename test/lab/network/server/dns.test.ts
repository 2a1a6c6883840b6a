import { describe, expect, it } from 'vitest';
import { answerTo } from '../../../../lab/network/server/dns.ts';

const zone = {
  'api.partner.example': { A: ['192.0.2.1'], AAAA: ['2001:db8::1', 'fd00:1:2:3:4:5:6:7'] },
  'legacy.partner.example': { A: ['192.0.2.2'] },
};

function question(name: string, type: number): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  const header = Buffer.from([0xab, 0xcd, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1]);
  const additional = Buffer.from([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]); // EDNS, as every resolver sends it
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1]), additional]);
}

const addresses = (answer: Buffer, size: number) => {
  const count = answer.readUInt16BE(6);
  return Array.from({ length: count }, (_, index) => {
    const end = answer.length - (count - 1 - index) * (12 + size);
    return answer.subarray(end - size, end).toString('hex');
  });
};

describe('lab/network/server/dns', () => {
  it('answers with every address of the type that was asked for', () => {
    const answer = answerTo(question('API.partner.example', 28), zone);

    expect(answer.readUInt16BE(0)).toBe(0xabcd);
    expect(answer.readUInt16BE(2)).toBe(0x8180);
    expect(addresses(answer, 16)).toEqual(['20010db8000000000000000000000001', 'fd000001000200030004000500060007']);
    expect(addresses(answerTo(question('api.partner.example', 1), zone), 4)).toEqual(['c0000201']);
  });

  it.each`
    what                              | name                        | type  | code
    ${'no record of the type'}        | ${'legacy.partner.example'} | ${28} | ${0}
    ${'a type that it does not know'} | ${'api.partner.example'}    | ${16} | ${0}
    ${'a name that does not exist'}   | ${'nobody.example'}         | ${28} | ${3}
  `('has no answer for $what, and says whether the name exists', ({ name, type, code }) => {
    const answer = answerTo(question(name, type), zone);

    expect(answer.readUInt16BE(6)).toBe(0);
    expect(answer.readUInt16BE(2) & 0xf).toBe(code);
  });

  it('refuses what is cut short', () => {
    expect(() => answerTo(question('api.partner.example', 28).subarray(0, 14), zone)).toThrow(RangeError);
  });
});
