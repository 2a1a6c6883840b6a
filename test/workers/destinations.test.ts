import { describe, expect, it } from 'vitest';
import { attemptFor, attemptFromPod, settled } from '../../workers/destinations.ts';

const anchors = { anchorsIpv6: ['2001:0DB8::0:1', '2001:db8::2'], anchorsIpv4: ['192.0.2.1'], anchorPort: 443 };
const names: Readonly<Record<string, Readonly<Record<4 | 6, readonly string[]>>>> = {
  'both.example': { 6: ['2001:db8:a::1', '2001:db8:a::2', '2001:db8:a::3'], 4: ['198.51.100.1'] },
  'six.example': { 6: ['2001:db8:a::1'], 4: [] },
  'four.example': { 6: [], 4: ['198.51.100.1'] },
  'none.example': { 6: [], 4: [] },
};
const resolve = async (host: string, family: 4 | 6): Promise<readonly string[]> => {
  const found = names[host];
  if (!found) throw new Error('EAI_AGAIN');
  return found[family];
};
const attempt = (host: string, port = 8443) => attemptFor({ host, port }, anchors, resolve);

describe('workers/destinations', () => {
  it('tries the anchors of both families when nothing was named, in RFC 5952 form', async () => {
    expect(await attemptFor(null, anchors, resolve)).toEqual({
      isNamed: false,
      destinations: [
        { family: 6, address: '2001:db8::1', port: 443 },
        { family: 6, address: '2001:db8::2', port: 443 },
        { family: 4, address: '192.0.2.1', port: 443 },
      ],
    });
  });

  it('tries a named address, with the IPv4 anchors as its control', async () => {
    expect(await attempt('2001:db8:b::1')).toEqual({
      isNamed: true,
      destinations: [
        { family: 6, address: '2001:db8:b::1', port: 8443 },
        { family: 4, address: '192.0.2.1', port: 443 },
      ],
    });
  });

  it.each`
    host              | ipv6                                  | ipv4
    ${'both.example'} | ${['2001:db8:a::1', '2001:db8:a::2']} | ${[['198.51.100.1', 8443]]}
    ${'six.example'}  | ${['2001:db8:a::1']}                  | ${[['192.0.2.1', 443]]}
  `('tries up to two addresses of $host, and its own IPv4 where it has any', async ({ host, ipv6, ipv4 }) => {
    const { destinations } = await attempt(host);

    expect(destinations.filter(({ family }) => family === 6).map(({ address }) => address)).toEqual(ipv6);
    expect(destinations.filter(({ family }) => family === 4).map(({ address, port }) => [address, port])).toEqual(ipv4);
  });

  it.each`
    host              | words
    ${'four.example'} | ${'only IPv4'}
    ${'none.example'} | ${'no address'}
    ${'lost.example'} | ${'no resolver answers'}
  `('refuses $host: $words', async ({ host, words }) => {
    await expect(attempt(host)).rejects.toMatchObject({
      code: 'DESTINATION_UNRESOLVED',
      message: expect.stringContaining(words),
    });
  });

  it.each(['four.example', 'none.example', 'lost.example'])(
    'lets the pod find out what becomes of %s',
    async (host) => {
      const { name, isNamed, destinations } = await attemptFromPod({ host, port: 8443 }, anchors, resolve);

      expect({ name, isNamed }).toEqual({ name: { host, port: 8443 }, isNamed: false });
      expect(destinations).toEqual((await attemptFor(null, anchors, resolve)).destinations);
    },
  );

  it('puts what the pod resolved in the place of the anchors, and keeps the control', async () => {
    const standIn = await attemptFromPod({ host: 'lost.example', port: 8443 }, anchors, resolve);
    const lookup = { family: 6 as const, outcome: 'answered' as const, tool: 'getent', said: '' };

    expect(settled(standIn, [{ ...lookup, addresses: ['2001:db8:c::1'] }])).toEqual({
      name: { host: 'lost.example', port: 8443 },
      isNamed: true,
      destinations: [
        { family: 6, address: '2001:db8:c::1', port: 8443 },
        { family: 4, address: '192.0.2.1', port: 443 },
      ],
    });
    expect(settled(standIn, [{ ...lookup, outcome: 'timeout', addresses: [] }])).toBe(standIn);
  });

  it('gives up on a name that neither this process nor the pod knows', async () => {
    const standIn = await attemptFromPod({ host: 'lost.example', port: 8443 }, anchors, resolve);
    const none = ([4, 6] as const).map((family) => {
      return { family, outcome: 'no-such-name' as const, addresses: [], tool: 'nslookup', said: 'NXDOMAIN' };
    });

    for (const lookups of [none, null]) {
      expect(() => settled(standIn, lookups)).toThrow(expect.objectContaining({ code: 'DESTINATION_UNRESOLVED' }));
    }
  });
});
