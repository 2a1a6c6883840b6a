import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';

async function make(name: string, metadata: object = {}) {
  const { json } = await lab.ask('admin', 'POST', policies, { body: { metadata: { name, ...metadata }, spec: {} } });
  return json;
}
const remove = (name: string, body?: unknown, query = '') =>
  lab.ask('writer', 'DELETE', `${policies}/${name}${query}`, body === undefined ? {} : { body });

describe('lab/cluster/delete', () => {
  it('answers with a Status that names the uid, and then with 404', async () => {
    const { metadata } = await make('gone');

    expect((await remove('gone')).json).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'gone', group: 'networking.k8s.io', kind: 'networkpolicies', uid: metadata.uid },
    });
    expect((await remove('gone')).code).toBe(404);
  });

  it('holds to the uid and the revision of its preconditions', async () => {
    const { metadata } = await make('held');

    const uid = await remove('held', { preconditions: { uid: 'wrong' } });
    const revision = await remove('held', { preconditions: { uid: metadata.uid, resourceVersion: '1' } });
    const right = await remove('held', { preconditions: { uid: metadata.uid } });

    expect(uid.json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on NetworkPolicy.networking.k8s.io "held": the UID in the precondition (wrong) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    });
    expect(revision.json.message).toContain(
      `the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
    expect(right.code).toBe(200);
  });

  it.each([
    ['by query', undefined, '?dryRun=All'],
    ['by body', { dryRun: ['All'] }, ''],
  ])('keeps the object in a dry run %s', async (how, body, query) => {
    const name = `dry-${how.replace(' ', '-')}`;
    await make(name);

    expect((await remove(name, body, query)).code).toBe(200);
    expect((await lab.ask('writer', 'GET', `${policies}/${name}`)).code).toBe(200);
  });

  it('waits for finalizers and goes with the last of them', async () => {
    await make('slow', { finalizers: ['example.com/hold'] });

    const answer = await remove('slow');
    const dying = await lab.ask('writer', 'GET', `${policies}/slow`);
    await lab.ask('writer', 'PATCH', `${policies}/slow`, {
      body: { metadata: { finalizers: null } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });

    expect(answer.json).toMatchObject({ kind: 'NetworkPolicy', metadata: { deletionTimestamp: expect.any(String) } });
    expect(dying.code).toBe(200);
    expect((await lab.ask('writer', 'GET', `${policies}/slow`)).code).toBe(404);
  });

  it('refuses a whole collection', async () => {
    expect((await lab.ask('writer', 'DELETE', policies)).code).toBe(403);
    expect((await lab.ask('admin', 'DELETE', policies)).code).toBe(405);
  });
});
