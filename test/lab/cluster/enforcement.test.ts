import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from './exec-client.ts';
import { type Lab, standInNetwork, startLab } from './stand-in.ts';

let lab: Lab;
afterEach(() => lab.close());

const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const body = (name: string) => ({ metadata: { name }, spec: {} });
const names = (objects: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[] = []) =>
  objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name);

describe('lab/cluster/enforcement', () => {
  it('has enforced what it starts with before anybody can ask', async () => {
    lab = await startLab();

    expect(lab.network.enforced).toHaveLength(1);
    expect(lab.network.enforced[0]?.some(({ kind }) => kind === 'Tier')).toBe(true);
  });

  it('answers the write first and enforces afterwards, one run at a time, with the newest state', async () => {
    let isBusy = false;
    let isStarted = false;
    let hasOverlapped = false;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const network = standInNetwork(async () => {
      if (!isStarted) return;
      hasOverlapped ||= isBusy;
      isBusy = true;
      await gate;
      isBusy = false;
    });
    lab = await startLab({ network });
    isStarted = true;

    for (const name of ['a', 'b', 'c']) {
      expect((await lab.ask('writer', 'POST', policies, { body: body(name) })).code).toBe(201);
    }
    await eventually(() => network.enforced.length === 2, 'the first run');
    release();
    await lab.cluster.settled();

    expect(network.enforced).toHaveLength(3);
    expect(names(network.enforced.at(-1))).toEqual(['a', 'b', 'c']);
    expect(hasOverlapped).toBe(false);
  });

  it('follows deletion, and not what no packet filter is made of', async () => {
    lab = await startLab();
    await lab.ask('writer', 'POST', policies, { body: body('a') });
    await lab.ask('writer', 'DELETE', `${policies}/a`);
    await lab.cluster.settled();
    const runs = lab.network.enforced.length;
    await lab.cluster.apply({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'shop' } });

    expect(names(lab.network.enforced.at(-1))).toEqual([]);
    expect(lab.network.enforced).toHaveLength(runs);
  });

  it('enforces nothing for a dry run', async () => {
    lab = await startLab();

    await lab.ask('writer', 'POST', `${policies}?dryRun=All`, { body: body('a') });
    await lab.cluster.settled();

    expect(lab.network.enforced).toHaveLength(1);
  });

  it('tells whoever waits that it failed, and tries again with the next change', async () => {
    let isBroken = false;
    const network = standInNetwork(async () => {
      if (isBroken) throw new Error('nft: no such table');
    });
    lab = await startLab({ network });
    isBroken = true;
    await lab.ask('writer', 'POST', policies, { body: body('a') });

    await expect(lab.cluster.settled()).rejects.toThrow('nft: no such table');
    isBroken = false;
    await lab.ask('writer', 'POST', policies, { body: body('b') });
    await expect(lab.cluster.settled()).resolves.toBeUndefined();
  });
});
