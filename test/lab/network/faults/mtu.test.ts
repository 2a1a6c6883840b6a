import { describe, expect, it } from 'vitest';
import { mtuEntries } from '../../../../lab/network/faults/mtu.ts';
import { connect, inLab, subjectOf, upload } from '../probing.ts';

describe('lab/network/faults/mtu', () => {
  it.concurrent.each(mtuEntries)(
    '$id lets a connection through and no full packet: $how',
    async ({ id }) => {
      const seen = await inLab({ fault: id, seed: 42 }, async (network) => {
        const [anchor] = network.world.anchors;
        // The upload first: a download would teach the node the path's MTU.
        const sent = await upload(network, anchor!.ipv6, 1.2);
        return [sent, await connect(network, subjectOf(network.world), anchor!.ipv6)];
      });

      expect(seen).toEqual(['stalls', 'open']);
    },
    90_000,
  );

  it.concurrent('sends as much on a narrow path whose routers say so', async () => {
    const sent = await inLab({ fault: 'healthy-mtu-1280', seed: 42 }, (network) =>
      upload(network, network.world.anchors[0]!.ipv6, 5),
    );

    expect(sent).toBe('HTTP/1.1 200 OK');
  }, 90_000);
});
