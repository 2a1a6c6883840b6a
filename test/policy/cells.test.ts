import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/net/address.ts';
import { contains, parseCidr } from '../../src/net/cidr.ts';
import { cellsOf, podPlaces, protocolsFor, rulesFor } from '../../src/policy/cells.ts';
import { ruleOf } from '../../src/policy/rule.ts';
import { clusterFrom, world } from './ask.ts';

const cidrs = (...texts: string[]) => texts.flatMap((text) => parseCidr(text) ?? []);
const cells = (...texts: string[]) => cellsOf([ruleOf('r', 'allow', { nets: cidrs(...texts) })], null, [], []);
const shown = (...texts: string[]) =>
  cells(...texts).places.map(({ to, address }) => `${to} ${formatAddress(address)}`);

describe('policy/cells', () => {
  it('has one address for each network, outside of the smaller ones in it', () => {
    expect(shown('2001:db8::/32').toSorted()).toEqual([
      '0.0.0.0/0 0.0.0.0',
      '2001:db8::/32 2001:db8::',
      '::/0 2001:db9::',
    ]);
    expect(shown('0.0.0.0/1', '::/1')).toEqual(expect.arrayContaining(['0.0.0.0/0 128.0.0.0', '::/0 8000::']));
    expect(shown('10.0.0.255/32', '10.0.0.0/24')).toEqual(
      expect.arrayContaining(['10.0.0.255/32 10.0.0.255', '10.0.0.0/24 10.0.0.0']),
    );
    expect(shown('2001:db8::/33', '2001:db8::/32')).toEqual(expect.arrayContaining(['2001:db8::/32 2001:db8:8000::']));
    expect(shown('2001:db8:0:ffff:ffff:ffff:ffff:ffff/128', '2001:db8::/48')).toContain('2001:db8::/48 2001:db8::');
  });

  it('has an address for whatever set of networks an address can be in', () => {
    const net = fc.tuple(
      fc.constantFrom('2001:db8::', '2001:db8:8000::', 'fd00::', '::', 'ffff::'),
      fc.integer({ min: 0, max: 48 }),
    );
    const nets = fc.array(
      net.map(([base, length]) => parseCidr(`${base}/${length}`)!),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(nets, fc.ipV6(), (made, text) => {
        const address = parseCidr(`${text}/128`)!;
        fc.pre(address.family === 6);
        const inWhich = (one: Parameters<typeof contains>[1]) => made.map((each) => contains(each, one)).join();
        const { places } = cellsOf([ruleOf('r', 'allow', { nets: made })], null, [], []);
        expect(places.map((place) => inWhich(place.address))).toContain(inWhich(address));
      }),
      { numRuns: 500 },
    );
  });

  it('cuts ports where some rule begins or ends', () => {
    const ports = {
      ranges: [
        { from: 80, to: 90 },
        { from: 65_535, to: 65_535 },
      ],
      names: [],
    };

    expect(cellsOf([ruleOf('r', 'allow', { ports })], null, [], []).ports).toEqual([
      { from: 1, to: 79 },
      { from: 80, to: 90 },
      { from: 91, to: 65_534 },
      { from: 65_535, to: 65_535 },
    ]);
  });

  it('takes one pod of each kind that a rule tells apart, and none where none is asked for', () => {
    const policy = (egress: string) =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [${egress}]}\n`;
    const pods = (egress: string) => {
      const cluster = clusterFrom(`${world}${policy(egress)}`);
      const [web] = cluster.residents.get('shop/Pod/web')!;
      const { places } = cellsOf(rulesFor(cluster, web!.endpoint), null, podPlaces([cluster]), [cluster]);
      return places.map(({ to }) => to).filter((to) => to.startsWith('pod'));
    };

    expect(pods('{to: [{ipBlock: {cidr: "::/0"}}]}')).toEqual([]);
    expect(pods('{to: [{podSelector: {matchLabels: {app: cart}}}]}')).toEqual([
      'pods shop/web, data/db, data/old (IPv4)',
      'pods shop/web, data/db (IPv6)',
      'pod shop/cart (10.244.1.2)',
      'pod shop/cart (fd00:10:244::2)',
    ]);
  });

  it('asks for ICMP by the name of the family', () => {
    expect([protocolsFor(4).at(-1), protocolsFor(6).at(-1)]).toEqual(['ICMP', 'ICMPv6']);
  });
});
