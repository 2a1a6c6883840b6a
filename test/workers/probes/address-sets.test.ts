import { describe, expect, it } from 'vitest';
import { nodeAddressSets } from '../../../workers/probes/address-sets.ts';
import { parsed } from './seeing.ts';

// ipset 7.17.
const recorded = `create cali60masq-ipam-pools hash:net family inet6 hashsize 1024 maxelem 65536 bucketsize 12 initval 0xfaf6dd42
add cali60masq-ipam-pools fd00:10:244::/56
add cali60masq-ipam-pools 2001:db8::/64 nomatch
create empty hash:net family inet6
`;

describe('workers/probes/address-sets', () => {
  it('reads sets with their members, empty ones too', () => {
    expect(parsed(nodeAddressSets, recorded)).toEqual([
      { name: 'cali60masq-ipam-pools', members: ['fd00:10:244::/56', '2001:db8::/64'] },
      { name: 'empty', members: [] },
    ]);
    expect(parsed(nodeAddressSets, '')).toEqual([]);
  });

  it.each(['ipset v7.17: The set with the given name does not exist', 'add', 'create'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeAddressSets, text)).toBe(`UNPARSABLE sets: not a line of ipset: ${text}`);
    },
  );
});
