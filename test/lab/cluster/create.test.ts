import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskOptions, type Lab, startLab } from './stand-in.ts';

let lab: Lab;
let count = 0;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const egress = { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }] };
const fresh = () => `p${++count}`;
const policy = (name: string, spec: object = egress, metadata: object = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, ...metadata },
  spec,
});
const send = (method: string, path: string, body: unknown, options: AskOptions = {}) =>
  lab.ask('writer', method, path, { ...options, body });

describe('lab/cluster/create', () => {
  it('fills in what only the server may say, whatever was sent', async () => {
    const name = fresh();

    const { code, json } = await send(
      'POST',
      `${policies}?fieldManager=ipv6check`,
      policy(name, egress, {
        uid: 'mine',
        creationTimestamp: '1999-01-01T00:00:00Z',
        managedFields: [],
      }),
    );

    expect(code).toBe(201);
    expect(json.metadata).toMatchObject({
      name,
      namespace: 'shop',
      generation: 1,
      managedFields: [{ manager: 'ipv6check' }],
    });
    expect(json.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(Date.now() - Date.parse(json.metadata.creationTimestamp))).toBeLessThan(5_000);
    expect(json.metadata.creationTimestamp).toMatch(/:\d\dZ$/);
  });

  it('keeps nothing of a dry run but answers as if it did', async () => {
    const name = fresh();

    const twice = [
      await send('POST', `${policies}?dryRun=All`, policy(name)),
      await send('POST', `${policies}?dryRun=All`, policy(name)),
    ];

    expect(twice.map(({ code }) => code)).toEqual([201, 201]);
    expect(twice[0]?.json.metadata.uid).not.toBe(twice[1]?.json.metadata.uid);
    expect(twice[0]?.json.metadata).not.toHaveProperty('resourceVersion');
    expect(twice[0]?.json.metadata).toHaveProperty('creationTimestamp');
    expect((await lab.ask('writer', 'GET', `${policies}/${name}`)).code).toBe(404);
  });

  it('refuses a name that is taken, also in a dry run', async () => {
    const name = fresh();
    await send('POST', policies, policy(name));

    for (const query of ['', '?dryRun=All']) {
      expect((await send('POST', `${policies}${query}`, policy(name))).json).toMatchObject({
        code: 409,
        reason: 'AlreadyExists',
        message: `networkpolicies.networking.k8s.io "${name}" already exists`,
      });
    }
  });

  it.each`
    situation                | path                                       | body                                           | code   | message
    ${'no such namespace'}   | ${policies.replace('/shop/', '/nons/')}    | ${policy('x')}                                 | ${404} | ${/^namespaces "nons" not found$/}
    ${'a dying namespace'}   | ${policies.replace('/shop/', '/leaving/')} | ${policy('x')}                                 | ${403} | ${/because it is being terminated/}
    ${'another namespace'}   | ${policies}                                | ${policy('x', egress, { namespace: 'other' })} | ${400} | ${/^the namespace of the provided object does not match/}
    ${'no name'}             | ${policies}                                | ${{ spec: egress }}                            | ${422} | ${/metadata.name: Required value: name or generateName is required/}
    ${'another kind'}        | ${policies}                                | ${{ ...policy('x'), kind: 'Pod' }}             | ${400} | ${/cannot be handled as a NetworkPolicy/}
    ${'another version'}     | ${policies}                                | ${{ ...policy('x'), apiVersion: 'v1' }}        | ${400} | ${/does not match the expected API version/}
    ${'broken JSON'}         | ${policies}                                | ${'{'}                                         | ${400} | ${/json parse error/}
    ${'dryRun=true'}         | ${`${policies}?dryRun=true`}               | ${policy('x')}                                 | ${422} | ${/dryRun: Unsupported value: "true"/}
    ${'force without apply'} | ${`${policies}?force=true`}                | ${policy('x')}                                 | ${422} | ${/force: Forbidden: may not be specified for non-apply patch/}
  `('refuses $situation with $code', async ({ path, body, code, message }) => {
    const answer = await lab.ask('admin', 'POST', path, { body });

    expect(answer.code).toBe(code);
    expect(answer.json.message).toMatch(message);
  });

  it('drops an unknown field with a warning, or refuses it when asked to be strict', async () => {
    const body = policy(fresh(), { ...egress, foo: 1 });

    const strict = await send('POST', `${policies}?fieldValidation=Strict`, body);
    const lenient = await send('POST', policies, body);

    expect(strict.json).toMatchObject({ code: 400, message: 'strict decoding error: unknown field "spec.foo"' });
    expect(lenient.code).toBe(201);
    expect(lenient.json.spec).not.toHaveProperty('foo');
    expect(lenient.headers.get('warning')).toBe('299 - "unknown field \\"spec.foo\\""');
  });

  it('survives a field whose name no header can hold', async () => {
    const answer = await send('POST', policies, policy(fresh(), { ...egress, 日本: 1 }));

    expect(answer.code).toBe(201);
    expect(answer.headers.get('warning')).toContain('unknown field');
  });

  it('makes up a name from a prefix', async () => {
    const body = { metadata: { generateName: 'made-up-' }, spec: egress };

    expect((await send('POST', policies, body)).json.metadata.name).toMatch(/^made-up-[0-9a-z]{5}$/);
  });

  it('gives one of two creators at once the object, and the other a conflict', async () => {
    const name = fresh();

    const codes = (await Promise.all([1, 2].map(() => send('POST', policies, policy(name))))).map(({ code }) => code);

    expect(codes.toSorted()).toEqual([201, 409]);
  });

  it('lets a writer write policies and nothing else', async () => {
    const answer = await send('POST', '/api/v1/namespaces/shop/pods', { metadata: { name: 'x' } });

    expect(answer.json).toMatchObject({
      code: 403,
      message: `pods is forbidden: User "${lab.cluster.userName('writer')}" cannot create resource "pods" in API group "" in the namespace "shop"`,
    });
  });
});
