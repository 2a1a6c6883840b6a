import { CustomObjectsApi, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskOptions, type Lab, startLab } from './stand-in.ts';

let lab: Lab;
let count = 0;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const calico = '/apis/projectcalico.org/v3/namespaces/shop/networkpolicies';
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
const patchAs = (type: string) => ({ headers: { 'content-type': type } });

describe('lab/cluster/update', () => {
  it('refuses a body that is not JSON by its media type', async () => {
    expect((await send('POST', policies, 'x', patchAs('text/plain'))).code).toBe(415);
    expect((await send('PATCH', `${policies}/x`, '{}', patchAs('application/json'))).code).toBe(415);
    const custom = await send('PATCH', `${calico}/x`, '{}', patchAs('application/strategic-merge-patch+json'));
    expect(custom).toMatchObject({
      code: 415,
      json: {
        message: expect.stringMatching(
          /accepted media types include: application\/json-patch\+json, application\/merge-patch\+json/,
        ),
      },
    });
  });

  it('merges, counts generations by the spec, and changes nothing where nothing changes', async () => {
    const name = fresh();
    const made = (await send('POST', policies, policy(name, egress, { annotations: { a: '1', b: '2' } }))).json;
    const merge = (change: unknown) =>
      send('PATCH', `${policies}/${name}`, change, patchAs('application/merge-patch+json'));

    const annotated = await merge({ metadata: { annotations: { a: null, c: '3' } } });
    const same = await merge({ metadata: { annotations: { c: '3' } } });
    const widened = await merge({ spec: { policyTypes: ['Egress', 'Ingress'] } });

    expect(annotated.json.metadata).toMatchObject({
      annotations: { b: '2', c: '3' },
      generation: 1,
      uid: made.metadata.uid,
    });
    expect(same.json.metadata.resourceVersion).toBe(annotated.json.metadata.resourceVersion);
    expect(widened.json.metadata.generation).toBe(2);
  });

  it('patches by JSON patch, the client library’s default', async () => {
    const api = lab.config('writer').makeApiClient(CustomObjectsApi);
    const at = {
      group: 'projectcalico.org',
      version: 'v3',
      namespace: 'shop',
      plural: 'networkpolicies',
      name: fresh(),
    };
    await api.createNamespacedCustomObject({
      ...at,
      body: {
        apiVersion: 'projectcalico.org/v3',
        kind: 'NetworkPolicy',
        metadata: { name: at.name },
        spec: { types: ['Egress'] },
      },
    });

    const patched = await api.patchNamespacedCustomObject({
      ...at,
      body: [{ op: 'add', path: '/spec/order', value: 5 }],
    });
    const merged = await api.patchNamespacedCustomObject(
      { ...at, body: { spec: { order: 6 } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );

    expect(patched).toMatchObject({ spec: { order: 5, tier: 'default' } });
    await expect(api.patchNamespacedCustomObject({ ...at, body: {} })).rejects.toMatchObject({
      code: 400,
      body: expect.stringContaining('cannot unmarshal object into Go value'),
    });
    expect(merged).toMatchObject({ spec: { order: 6 } });
  });

  it('refuses a stale revision, another uid and another name', async () => {
    const name = fresh();
    await send('POST', policies, policy(name));
    const merge = (metadata: object) =>
      send('PATCH', `${policies}/${name}`, { metadata }, patchAs('application/merge-patch+json'));

    expect((await merge({ resourceVersion: '1' })).json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: expect.stringMatching(
        /the object has been modified; please apply your changes to the latest version and try again$/,
      ),
    });
    expect((await merge({ uid: 'other' })).json).toMatchObject({
      code: 422,
      message: expect.stringMatching(/metadata.uid: .*field is immutable/),
    });
    expect((await merge({ name: 'other' })).json.message).toBe(
      `the name of the object (other) does not match the name on the URL (${name})`,
    );
  });

  it('replaces with the revision that was read', async () => {
    const name = fresh();
    const { json } = await send('POST', policies, policy(name));

    const replaced = await lab.ask('admin', 'PUT', `${policies}/${name}`, {
      body: { ...json, spec: { podSelector: {} } },
    });
    const again = await lab.ask('admin', 'PUT', `${policies}/${name}`, { body: json });

    expect(replaced.json.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(again.code).toBe(409);
  });

  it('keeps nothing of a dry run, whose answer has the real uid', async () => {
    const name = fresh();
    const made = (await send('POST', policies, policy(name))).json;

    const dry = await send(
      'PATCH',
      `${policies}/${name}?dryRun=All`,
      { spec: { policyTypes: ['Ingress'] } },
      patchAs('application/merge-patch+json'),
    );
    const after = (await lab.ask('writer', 'GET', `${policies}/${name}`)).json;

    expect(dry.json).toMatchObject({ spec: { policyTypes: ['Ingress'] }, metadata: { uid: made.metadata.uid } });
    expect(after).toEqual(made);
  });

  it('does not create by patching', async () => {
    const answer = await send('PATCH', `${policies}/nix`, {}, patchAs('application/merge-patch+json'));

    expect(answer.json).toMatchObject({ code: 404, reason: 'NotFound' });
  });
});
