import { Exec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execToEnd, refusedExec } from './exec-client.ts';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({
    roles: {
      'get-only': [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }],
      'create-only': [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }],
      'one-pod': [
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'], resourceNames: ['checkout-1'] },
      ],
      'in-other': [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'], namespaces: ['other'] }],
    },
  });
});
afterAll(() => lab.close());

const execPath = '/api/v1/namespaces/shop/pods/checkout-1/exec?command=true&stdout=true';

describe('lab/cluster/upgrade', () => {
  it.each`
    offered                                       | chosen
    ${['v5.channel.k8s.io']}                      | ${'v5.channel.k8s.io'}
    ${['v4.channel.k8s.io', 'v5.channel.k8s.io']} | ${'v5.channel.k8s.io'}
    ${['foo', 'v4.channel.k8s.io']}               | ${'v4.channel.k8s.io'}
  `('speaks $chosen when offered $offered', async ({ offered, chosen }) => {
    expect((await execToEnd(lab, { protocols: offered })).protocol).toBe(chosen);
  });

  it.each([[['v3.channel.k8s.io']], [['v2.channel.k8s.io', 'v5.base64.channel.k8s.io']], [[]]])(
    'refuses %j with an empty 403 that looks like RBAC',
    async (protocols) => {
      const refused = await refusedExec(lab, { protocols });

      expect(refused).toMatchObject({ code: 403, text: '', headers: { connection: 'close' } });
    },
  );

  it.each(['GET', 'POST'])('asks for an upgrade when %s comes without one', async (method) => {
    const { code, json } = await lab.ask('prober', method, execPath);

    expect(code).toBe(400);
    expect(json).toMatchObject({ kind: 'Status', reason: 'BadRequest', message: 'Upgrade request required' });
  });

  it.each`
    situation                       | ask                                    | code   | message
    ${'an unknown container'}       | ${{ pod: 'multi', container: 'nope' }} | ${400} | ${'container nope is not valid for pod multi'}
    ${'no container of several'}    | ${{ pod: 'multi' }}                    | ${400} | ${'a container name must be specified for pod multi, choose one of: [init-done bb nt]'}
    ${'a pod without a node'}       | ${{ pod: 'unscheduled' }}              | ${400} | ${'pod unscheduled does not have a host assigned'}
    ${'a node that does not exist'} | ${{ pod: 'lost' }}                     | ${404} | ${'pods "nodez" not found'}
    ${'no such pod'}                | ${{ pod: 'zip' }}                      | ${404} | ${'pods "zip" not found'}
    ${'no such namespace'}          | ${{ pod: 'zip', namespace: 'nons' }}   | ${404} | ${'pods "zip" not found'}
  `('answers $situation with $code and a Status', async ({ ask, code, message }) => {
    const refused = await refusedExec(lab, ask);

    expect(refused.code).toBe(code);
    expect(JSON.parse(refused.text)).toMatchObject({ kind: 'Status', status: 'Failure', message, code });
  });

  it.each`
    situation                | ask                                         | code   | text
    ${'a waiting container'} | ${{ pod: 'multi', container: 'nt' }}        | ${500} | ${'container not found ("nt")'}
    ${'a finished init'}     | ${{ pod: 'multi', container: 'init-done' }} | ${500} | ${'container not found ("init-done")'}
    ${'a finished pod'}      | ${{ pod: 'finished' }}                      | ${500} | ${'container not found ("app")'}
    ${'an evicted pod'}      | ${{ pod: 'evicted' }}                       | ${500} | ${'container not found ("app")'}
    ${'no stream at all'}    | ${{ streams: [] }}                          | ${400} | ${'you must specify at least 1 of stdin, stdout, stderr'}
  `('answers $situation with $code in plain text', async ({ ask, code, text }) => {
    const refused = await refusedExec(lab, ask);

    expect(refused).toMatchObject({ code, text });
    expect(refused.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('reaches the running container of a pod with several', async () => {
    expect((await execToEnd(lab, { pod: 'multi', container: 'bb' })).status().status).toBe('Success');
  });

  it('wants both get and create, and says so for get alone', async () => {
    const withoutGet = await refusedExec(lab, { user: 'create-only' });
    const withoutCreate = await refusedExec(lab, { user: 'get-only' });
    const user = lab.cluster.userName('create-only');

    expect(JSON.parse(withoutGet.text)).toMatchObject({
      code: 403,
      message: `pods "checkout-1" is forbidden: User "${user}" cannot get resource "pods/exec" in API group "" in the namespace "shop"`,
    });
    expect(JSON.parse(withoutCreate.text)).toMatchObject({ code: 403, message: 'pods "checkout-1" is forbidden: ' });
  });

  it('forbids before it says whether the pod exists, by namespace and by name', async () => {
    expect((await refusedExec(lab, { user: 'reader', pod: 'zip' })).code).toBe(403);
    expect((await refusedExec(lab, { user: 'in-other' })).code).toBe(403);
    expect((await refusedExec(lab, { user: 'one-pod', pod: 'checkout-2' })).code).toBe(403);
    expect((await execToEnd(lab, { user: 'one-pod' })).closeCode).toBe(1000);
    expect((await execToEnd(lab, { user: 'in-other', namespace: 'other', pod: 'elsewhere' })).closeCode).toBe(1000);
  });

  it('records an exec as such, with its command', async () => {
    const from = lab.cluster.audit.length;

    await execToEnd(lab, { command: ['true', 'marker'] });
    await refusedExec(lab, { pod: 'zip' });

    expect(lab.cluster.auditSince(from)).toMatchObject([
      {
        verb: 'exec',
        code: 101,
        path: expect.stringContaining('command=marker'),
        user: lab.cluster.userName('prober'),
      },
      { verb: 'exec', code: 404 },
    ]);
  });

  it('is refused for the client library without a reason, as with a real server', async () => {
    const attempt = new Exec(lab.config('prober')).exec('shop', 'zip', 'app', ['true'], null, null, null, false);

    await expect(attempt).rejects.toMatchObject({ message: 'Unexpected server response: 404' });
  });
});
