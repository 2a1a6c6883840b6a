import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../../workers/adapters/kubernetes.ts';
import { policyWriter } from '../../../workers/adapters/policy-writer.ts';
import { type Lab, startLab } from '../../lab/cluster/stand-in.ts';
import { connectedBy, doorTo, restOver, scripted } from './connecting.ts';

const at = new Date('2026-03-01T12:00:00Z');

let lab: Lab;
let opened: ConnectedCluster[];

beforeEach(async () => {
  opened = [];
  lab = await startLab({ now: () => at });
});
afterEach(async () => {
  for (const each of opened) await each.close();
  await lab.close();
});

async function connected(user: string, token?: string): Promise<ConnectedCluster> {
  const kubeconfig = lab.cluster.kubeconfig(user);
  const cluster = await connectedBy(token ? kubeconfig.replace(/token: "[^"]+"/, `token: "${token}"`) : kubeconfig);
  opened.push(cluster);
  return cluster;
}

describe('workers/adapters/server-time', () => {
  it('reads the time of the server from an answer, a refusal too', async () => {
    const { writer } = await connected('writer');
    const stranger = await connected('writer', 'wrong');

    expect(await writer.serverTime()).toEqual(at);
    expect(await stranger.writer.serverTime()).toEqual(at);
    expect(lab.cluster.audit.map(({ code }) => code)).toEqual([200, 401]);
  });

  it('has no time of a server that does not answer or does not say', async () => {
    const { writer } = await connected('writer');
    const dates = ['yesterday', undefined];
    const server = await scripted((_, response) => {
      response.sendDate = false;
      const date = dates.shift();
      response.writeHead(200, date ? { date } : {}).end('{}');
    });
    const door = doorTo(server.url);
    const odd = policyWriter(restOver(door).rest);
    await lab.cluster.trouble.refuseConnections(true);

    expect([await writer.serverTime(), await odd.serverTime(), await odd.serverTime()]).toEqual([null, null, null]);
    await door.close();
    await server.close();
  });
});
