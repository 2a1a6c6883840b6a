import { Watch } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lab/contract.ts';
import { eventually } from './exec-client.ts';
import { type Lab, pod, startLab } from './stand-in.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const path = '/api/v1/namespaces/shop/pods';

interface Seen {
  readonly events: { readonly type: string; readonly object: KubeObject & { readonly code?: number } }[];
  readonly names: () => string[];
  readonly stop: () => void;
  readonly ended: Promise<unknown>;
}

async function watch(query: Record<string, string | number | boolean>, user = 'prober'): Promise<Seen> {
  const events: Seen['events'] = [];
  let end: (error: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => {
    end = resolve;
  });
  const controller = await new Watch(lab.config(user)).watch(
    path,
    query,
    (type, object) => events.push({ type, object }),
    (error) => end(error),
  );
  return {
    events,
    names: () => events.map(({ type, object }) => `${type} ${object.metadata?.name}`),
    stop: () => controller.abort(),
    ended,
  };
}

const podsNow = async () => (await lab.ask('prober', 'GET', path)).json.metadata.resourceVersion;

describe('lab/cluster/watch', () => {
  it('tells what happens after the revision of a list', async () => {
    const seen = await watch({ resourceVersion: await podsNow() });
    await lab.cluster.apply(pod('new'));
    await lab.cluster.apply(pod('new', { labels: { changed: 'yes' } }));
    await lab.cluster.remove({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'new', namespace: 'shop' } });

    await eventually(() => seen.events.length === 3, 'three events');
    seen.stop();

    expect(seen.names()).toEqual(['ADDED new', 'MODIFIED new', 'DELETED new']);
    expect(seen.events[0]?.object).toMatchObject({ kind: 'Pod', apiVersion: 'v1' });
    const revisions = seen.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  });

  it('starts with what is there when no revision is given', async () => {
    const seen = await watch({ labelSelector: 'tier=b' });

    await eventually(() => seen.events.length === 1, 'the first event');
    seen.stop();

    expect(seen.names()).toEqual(['ADDED checkout-2']);
  });

  it('replays what a late watcher missed', async () => {
    const revision = await podsNow();
    await lab.cluster.apply(pod('early'));

    const seen = await watch({ resourceVersion: revision });

    await eventually(() => seen.events.length === 1, 'the missed event');
    seen.stop();
    expect(seen.names()).toEqual(['ADDED early']);
  });

  it('shows an object that leaves the selection as deleted, and one that enters it as added', async () => {
    const seen = await watch({ resourceVersion: await podsNow(), labelSelector: 'colour=red' });
    await lab.cluster.apply(pod('moody'));
    await lab.cluster.apply(pod('moody', { labels: { colour: 'red' } }));
    await lab.cluster.apply(pod('moody', { labels: { colour: 'blue' } }));

    await eventually(() => seen.events.length === 2, 'two events');
    seen.stop();

    expect(seen.names()).toEqual(['ADDED moody', 'DELETED moody']);
  });

  it('keeps to its namespace and kind', async () => {
    const seen = await watch({ resourceVersion: await podsNow() });
    await lab.cluster.apply({ ...pod('foreign'), metadata: { name: 'foreign', namespace: 'other' } });
    await lab.cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' } });
    await lab.cluster.apply(pod('own'));

    await eventually(() => seen.events.length > 0, 'an event');
    seen.stop();

    expect(seen.names()).toEqual(['ADDED own']);
  });

  it('ends a watch from a forgotten revision with one ERROR of 410', async () => {
    const revision = await podsNow();
    await lab.cluster.apply(pod('later'));
    lab.cluster.trouble.compact();

    const seen = await watch({ resourceVersion: revision });

    expect(await seen.ended).toBeNull();
    expect(seen.events).toMatchObject([{ type: 'ERROR', object: { reason: 'Expired', code: 410 } }]);
  });

  it('is silent from a revision of the future', async () => {
    const seen = await watch({ resourceVersion: Number(await podsNow()) + 1 });
    await lab.cluster.apply(pod('before-it'));
    await lab.cluster.apply(pod('after-it'));

    await eventually(() => seen.events.length > 0, 'an event');
    seen.stop();

    expect(seen.names()).toEqual(['ADDED after-it']);
  });

  it('ends cleanly after the time asked for, with a bookmark before', async () => {
    const seen = await watch({ resourceVersion: await podsNow(), timeoutSeconds: 1, allowWatchBookmarks: true });

    expect(await seen.ended).toBeNull();
    expect(seen.events).toMatchObject([
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: expect.any(String) } } },
    ]);
  });

  it('marks the end of the initial events', async () => {
    const refused = await lab.ask('prober', 'GET', `${path}?watch=true&sendInitialEvents=true`);
    const seen = await watch({
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    });

    await eventually(() => seen.events.at(-1)?.type === 'BOOKMARK', 'the bookmark');
    seen.stop();

    expect(refused.code).toBe(422);
    expect(seen.events.at(-1)?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(seen.names()).toContain('ADDED checkout-1');
  });

  it('is refused before it starts to whoever may only list', async () => {
    const seen = await watch({}, 'nobody');

    expect(await seen.ended).toMatchObject({ statusCode: 403 });
    expect(lab.cluster.audit.at(-1)).toMatchObject({ verb: 'watch', code: 403 });
  });
});
