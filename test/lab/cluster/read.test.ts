import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ calico: 'native' });
});
afterAll(() => lab.close());

const pods = '/api/v1/namespaces/shop/pods';
const get = (path: string, headers: Record<string, string> = {}) => lab.ask('admin', 'GET', path, { headers });
const namesOf = (json: { items: { metadata: { name: string } }[] }) => json.items.map(({ metadata }) => metadata.name);

describe('lab/cluster/read', () => {
  it('lists by namespace and name, built-in items without kind', async () => {
    const { json } = await get('/api/v1/pods');

    expect(json).toMatchObject({ kind: 'PodList', apiVersion: 'v1' });
    expect(namesOf(json)[0]).toBe('elsewhere');
    expect(namesOf(json).slice(1)).toEqual(namesOf(json).slice(1).toSorted());
    expect(json.items[0]).not.toHaveProperty('kind');
  });

  it('lists custom items with kind and apiVersion', async () => {
    const { json } = await get('/apis/projectcalico.org/v3/tiers');

    expect(json.items[0]).toMatchObject({ kind: 'Tier', apiVersion: 'projectcalico.org/v3' });
  });

  it.each`
    query                                                            | names
    ${'labelSelector=tier'}                                          | ${['checkout-2']}
    ${'labelSelector=app%3Dcheckout,tier!%3Db&limit=1'}              | ${['checkout-1']}
    ${'labelSelector=tier in (a,b)'}                                 | ${['checkout-2']}
    ${'labelSelector=tier notin (b),app&limit=1'}                    | ${['checkout-1']}
    ${'labelSelector=constructor'}                                   | ${[]}
    ${'labelSelector=!app'}                                          | ${[]}
    ${'fieldSelector=metadata.name%3Dmulti'}                         | ${['multi']}
    ${'fieldSelector=status.phase%3DSucceeded'}                      | ${['finished']}
    ${'fieldSelector=spec.nodeName%3Dnodez'}                         | ${['lost']}
    ${'fieldSelector=spec.nodeName!%3Dnode1,status.phase%3DPending'} | ${['unscheduled']}
  `('selects $names by $query', async ({ query, names }) => {
    expect(namesOf((await get(`${pods}?${query}`)).json)).toEqual(names);
  });

  it.each`
    query                                             | code   | message
    ${'labelSelector=a=b=c'}                          | ${400} | ${/unable to parse requirement/}
    ${'fieldSelector=spec.hostname=x'}                | ${400} | ${/field label not supported: spec.hostname/}
    ${'fieldSelector=nonsense'}                       | ${400} | ${/invalid selector/}
    ${'limit=5&continue=%7B'}                         | ${400} | ${/^invalid continue token/}
    ${'resourceVersion=1&resourceVersionMatch=Exact'} | ${410} | ${/^The resourceVersion for the provided list is too old/}
  `('refuses $query with $code', async ({ query, code, message }) => {
    const answer = await get(`${pods}?${query}`);

    expect(answer.code).toBe(code);
    expect(answer.json.message).toMatch(message);
  });

  it('pages through one moment, whatever happens meanwhile', async () => {
    const whole = namesOf((await get(pods)).json);
    const selected = (await get(`${pods}?limit=1&labelSelector=app`)).json;
    const first = (await get(`${pods}?limit=2`)).json;
    await lab.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'zz-later', namespace: 'shop' } });
    const rest = (await get(`${pods}?limit=500&continue=${first.metadata.continue}`)).json;
    await lab.cluster.remove({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'zz-later', namespace: 'shop' } });

    expect(selected.metadata).toHaveProperty('continue');
    expect(selected.metadata).not.toHaveProperty('remainingItemCount');
    expect(first.metadata.remainingItemCount).toBe(whole.length - 2);
    expect([...namesOf(first), ...namesOf(rest)]).toEqual(whole);
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(JSON.parse(Buffer.from(first.metadata.continue, 'base64url').toString())).toMatchObject({
      v: 'meta.k8s.io/v1',
      start: expect.stringMatching(/^\/shop\/.*\u0000$/),
    });
  });

  it('expires a page whose moment is forgotten, and offers the inconsistent rest', async () => {
    const { metadata } = (await get(`${pods}?limit=1`)).json;
    lab.cluster.trouble.compact();

    const gone = await get(`${pods}?limit=1&continue=${metadata.continue}`);
    const rest = await get(`${pods}?limit=500&continue=${gone.json.metadata.continue}`);

    expect(gone).toMatchObject({ code: 410, json: { reason: 'Expired' } });
    expect(rest.code).toBe(200);
    expect(namesOf(rest.json)).not.toContain('checkout-1');
  });

  it('answers metadata alone when asked, and 406 when asked for the wrong one', async () => {
    const as = (kind: string) => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` });
    const list = await get(pods, as('PartialObjectMetadataList'));
    const wrong = await get(pods, as('PartialObjectMetadata'));

    expect(list.json.kind).toBe('PartialObjectMetadataList');
    expect(list.json.items[0]).toMatchObject({ kind: 'PartialObjectMetadata' });
    expect(list.json.items[0]).not.toHaveProperty('spec');
    expect(wrong.code).toBe(406);
  });

  it('compresses what is large, and only that', async () => {
    const large = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large', namespace: 'shop' } };
    await lab.cluster.apply({ ...large, data: { text: 'x'.repeat(200_000) } });

    const [big, small] = await Promise.all([get('/api/v1/namespaces/shop/configmaps'), get('/api/v1/nodes')]);

    expect(big.headers.get('content-encoding')).toBe('gzip');
    expect(big.json.items[0].data.text).toHaveLength(200_000);
    expect(small.headers.get('content-encoding')).toBeNull();
  });

  it('names what is missing', async () => {
    const missing = await get('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/nix');

    expect(missing.json).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'networkpolicies.networking.k8s.io "nix" not found',
      details: { name: 'nix', group: 'networking.k8s.io', kind: 'networkpolicies' },
    });
    expect((await get('/api/v1/namespaces/nons/pods')).json.items).toEqual([]);
  });

  it('waits three seconds for a revision of the future', async () => {
    const answer = await get(`${pods}?resourceVersion=99999999`);

    expect(answer).toMatchObject({ code: 504, json: { reason: 'Timeout' } });
    expect(answer.json.details.causes[0].reason).toBe('ResourceVersionTooLarge');
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});
