import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lab/contract.ts';
import type { ConnectedCluster } from '../../../workers/adapters/kubernetes.ts';
import { type Lab, objects, pod, startLab } from '../../lab/cluster/stand-in.ts';
import { connectedBy, doorTo, restOver, scripted } from './connecting.ts';

const path = '/api/v1/namespaces/crowd/pods';
const crowd: KubeObject[] = Array.from({ length: 1_001 }, (_, at) => {
  const { metadata, ...others } = pod(`p-${String(at).padStart(4, '0')}`);
  return { ...others, metadata: { ...metadata, namespace: 'crowd', labels: { half: String(at % 2) } } };
});

let lab: Lab;
let connected: ConnectedCluster;

beforeAll(async () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'crowd' } };
  lab = await startLab({ objects: [...objects, namespace, ...crowd] });
});
afterAll(() => lab.close());
beforeEach(async () => {
  connected = await connectedBy(lab.cluster.kubeconfig('prober'));
});
afterEach(() => connected.close());

const session = () => connected.cluster.session('r1', new AbortController().signal);

/** Pages by their `continue`, each the JSON of a list. */
async function pages(
  answer: (token: string | null, count: number) => { readonly code?: number; readonly body: unknown },
) {
  const server = await scripted((request, response) => {
    const { code = 200, body } = answer(
      new URL(request.url ?? '', 'http://x').searchParams.get('continue'),
      server.requests.length,
    );
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const door = doorTo(server.url);
  const close = async () => {
    await door.close();
    await server.close();
  };
  return { ...restOver(door), close };
}

const names = (outcome: Awaited<ReturnType<ReturnType<typeof session>['list']>>): unknown[] =>
  outcome.ok ? outcome.value.items.map(({ metadata }) => (metadata as { name: string }).name) : [outcome];

describe('workers/adapters/rest-list', () => {
  it('follows the pages to their end, and gives items the kind that their list has', async () => {
    const run = session();
    const outcome = await run.list(path);

    expect(outcome).toMatchObject({ ok: true, value: { isComplete: true } });
    expect(names(outcome)).toEqual(crowd.map(({ metadata }) => metadata.name));
    expect(outcome.ok && outcome.value.items[1_000]).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
    expect(run.cost()).toEqual({ execs: 0, apiRequests: 3 });
  });

  it('stops at a limit and says whether that was all', async () => {
    const some = await session().list(path, { limit: 3 });
    const all = await session().list('/api/v1/namespaces/other/pods', { limit: 3 });
    const over = await session().list(path, { limit: 501 });

    expect(names(some)).toEqual(['p-0000', 'p-0001', 'p-0002']);
    expect(some).toMatchObject({ value: { isComplete: false } });
    expect(all).toMatchObject({ value: { isComplete: true, items: [{ metadata: { name: 'elsewhere' } }] } });
    expect(over).toMatchObject({ value: { isComplete: false, items: { length: 501 } } });
  });

  it('selects by labels and fields on every page', async () => {
    const outcome = await session().list(path, { labelSelector: 'half=1' });
    const one = await session().list(path, { fieldSelector: 'metadata.name=p-0500', labelSelector: 'half=0' });

    expect(outcome).toMatchObject({ value: { items: { length: 500 }, isComplete: true } });
    expect(names(one)).toEqual(['p-0500']);
  });

  it('begins anew when the revision of its pages is forgotten', async () => {
    const server = await pages((token, count) => {
      const item = (name: string) => ({ metadata: { name } });
      if (token === null) {
        return { body: { kind: 'PodList', items: [item(`first-${count}`)], metadata: { continue: `of-${count}` } } };
      }
      if (token === 'of-1') return { code: 410, body: { kind: 'Status', message: 'too old', reason: 'Expired' } };
      return { body: { kind: 'PodList', items: [item('last')], metadata: {} } };
    });

    const outcome = await server.rest.list(path);

    expect(names(outcome)).toEqual(['first-3', 'last']);
    expect(outcome).toMatchObject({ value: { isComplete: true } });
    await server.close();
  });

  it('begins anew against the lab, which has forgotten the pages at the second request', async () => {
    const { token } = lab.config('prober').getCurrentUser() ?? {};
    const ca = Buffer.from(lab.config('prober').getCurrentCluster()?.caData ?? '', 'base64').toString();
    const dispatcher = new Agent({ connect: { ca } });
    const headers = { Authorization: `Bearer ${token}` };
    const door = { server: lab.cluster.url, credentials: async () => ({ headers, dispatcher, tls: {} }) };
    let sent = 0;
    const onRequest = () => {
      sent += 1;
      if (sent === 2) lab.cluster.trouble.compact();
    };
    const before = lab.cluster.audit.length;

    const outcome = await restOver(door, { onRequest }).rest.list(path);

    expect(names(outcome)).toEqual(crowd.map(({ metadata }) => metadata.name));
    expect(lab.cluster.auditSince(before).map(({ code }) => code)).toEqual([200, 410, 200, 200, 200]);
    await dispatcher.destroy();
  });

  it('gives up on pages that are forgotten every time', async () => {
    const server = await pages((token) =>
      token === null
        ? { body: { kind: 'PodList', items: [], metadata: { continue: 'x' } } }
        : { code: 410, body: { kind: 'Status', message: 'too old', reason: 'Expired' } },
    );

    expect(await server.rest.list(path)).toEqual({
      ...{ ok: false, reason: 'unavailable', status: 410, message: 'too old' },
    });
    expect(server.sent()).toBe(6);
    await server.close();
  });

  it('reports a page that fails, and not the pages before it', async () => {
    const server = await pages((token) =>
      token === null
        ? { body: { kind: 'PodList', items: [{ metadata: { name: 'a' } }], metadata: { continue: 'x' } } }
        : { code: 403, body: { kind: 'Status', message: 'no more' } },
    );

    expect(await server.rest.list(path)).toMatchObject({ ok: false, reason: 'forbidden', message: 'no more' });
    await server.close();
  });

  it.each`
    body                                                             | expected
    ${{ kind: 'TierList', items: null, metadata: { continue: '' } }} | ${{ ok: true, value: { items: [], isComplete: true } }}
    ${{ kind: 'Status', status: 'Success' }}                         | ${{ ok: false, reason: 'unavailable' }}
    ${{ kind: 'Pod', items: null }}                                  | ${{ ok: false, reason: 'unavailable' }}
    ${{ items: 'all' }}                                              | ${{ ok: false, reason: 'unavailable' }}
  `('takes $body for $expected', async ({ body, expected }) => {
    const server = await pages(() => ({ body }));

    expect(await server.rest.list(path)).toMatchObject(expected);
    await server.close();
  });

  it('keeps the kind that items of custom resources have', async () => {
    const items = [{ kind: 'Tier', apiVersion: 'projectcalico.org/v3', metadata: { name: 'a' } }, 'odd'];
    const server = await pages(() => ({ body: { kind: 'Wrong', apiVersion: 'v9', items } }));

    expect(await server.rest.list(path)).toEqual({ ok: true, value: { items: [items[0]], isComplete: true } });
    await server.close();
  });

  it('says that a group is not served, and that a right is missing', async () => {
    const nobody = await connectedBy(lab.cluster.kubeconfig('nobody'));

    expect(await session().list('/apis/cilium.io/v2/ciliumnetworkpolicies')).toMatchObject({
      reason: expect.stringMatching(/^(absent-api|forbidden)$/),
    });
    expect(await nobody.cluster.session('r', new AbortController().signal).list(path)).toMatchObject({
      ...{ ok: false, reason: 'forbidden', status: 403 },
      message: expect.stringMatching(/^pods is forbidden: User ".*nobody" cannot list resource "pods"/),
    });
    await nobody.close();
  });

  it('waits out the lab’s throttling', async () => {
    lab.cluster.trouble.failNext(1, 'too-many-requests');
    const run = session();

    expect(await run.list('/api/v1/namespaces/other/pods')).toMatchObject({ ok: true });
    expect(run.cost().apiRequests).toBe(2);
  });
});
