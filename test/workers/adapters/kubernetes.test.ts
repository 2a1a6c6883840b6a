import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClientCertificate, makeClientCertificate } from './certificates.ts';
import { base64, exec, hearing, type Listening, read } from './hearing.ts';

let mine: ClientCertificate;
let strangers: ClientCertificate;
let api: Listening;

beforeAll(async () => {
  mine = await makeClientCertificate('operator');
  strangers = await makeClientCertificate('stranger');
});
beforeEach(async () => {
  api = await hearing([mine]);
});
afterEach(() => api.close());

async function plugin(script: string): Promise<object> {
  const command = join(api.folder, 'plugin');
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } };
}

const certificate = ({ certificate: crt, key }: ClientCertificate) => ({
  ...{ 'client-certificate-data': base64(crt), 'client-key-data': base64(key) },
});

describe('workers/adapters/kubernetes', () => {
  it('shows its client certificate to requests and execs', async () => {
    const connected = await api.connect(await api.kubeconfig('config', { user: certificate(mine) }));

    expect(await read(connected)).toMatchObject({ ok: true });
    expect(await exec(connected)).toMatchObject({ kind: 'truncated' });
    expect(api.heard.map(({ client }) => client)).toEqual(['operator', 'operator']);
  });

  it('reads certificates beside the kubeconfig', async () => {
    await Promise.all([
      writeFile(join(api.folder, 'crt'), mine.certificate),
      writeFile(join(api.folder, 'key'), mine.key),
      writeFile(join(api.folder, 'ca'), api.identity.ca),
    ]);
    const cluster = { server: api.address, 'certificate-authority': 'ca' };
    const user = { 'client-certificate': 'crt', 'client-key': 'key' };
    const connected = await api.connect(await api.kubeconfig('config', { user, cluster }));

    expect(await read(connected)).toMatchObject({ ok: true });
    expect(api.heard[0]?.client).toBe('operator');
  });

  it.each`
    situation           | user                                    | authorization
    ${'a token'}        | ${{ token: 'abc' }}                     | ${'Bearer abc'}
    ${'a password'}     | ${{ username: 'me', password: 'pass' }} | ${`Basic ${base64('me:pass')}`}
    ${'nothing at all'} | ${{}}                                   | ${undefined}
  `('brings $situation to requests and execs', async ({ user, authorization }) => {
    const connected = await api.connect(await api.kubeconfig('config', { user }));
    await read(connected);
    await exec(connected);

    expect(api.heard.map((each) => each.authorization)).toEqual([authorization, authorization]);
  });

  it.each([{ tokenFile: 'token' }, { tokenFile: 'token', token: 'older' }])(
    'reads a token from its file, a line break at its end or not, with %j',
    async (user) => {
      await writeFile(join(api.folder, 'token'), 'from-file\n');
      const connected = await api.connect(await api.kubeconfig('config', { user }));
      await read(connected);
      await exec(connected);

      expect(api.heard.map(({ authorization }) => authorization)).toEqual(['Bearer from-file', 'Bearer from-file']);
    },
  );

  it('says without the file’s name that a token cannot be read', async () => {
    const connected = await api.connect(await api.kubeconfig('config', { user: { tokenFile: 'nowhere' } }));

    expect(await read(connected)).toEqual({
      ...{ ok: false, reason: 'unavailable', status: 0 },
      message: 'The kubeconfig does not open the API server: its credentials cannot be obtained',
    });
  });

  it('runs a credentials plugin once for requests that start together', async () => {
    const status = JSON.stringify({ status: { token: 'of-plugin' } });
    const user = await plugin(`echo ran >> '${api.folder}/runs'\necho '${status}'`);
    const connected = await api.connect(await api.kubeconfig('config', { user }));

    await Promise.all([read(connected), read(connected), exec(connected)]);
    await read(connected);

    expect(new Set(api.heard.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer of-plugin']));
    expect(readFileSync(join(api.folder, 'runs'), 'utf8')).toBe('ran\n');
  });

  it.each`
    situation             | script
    ${'fails'}            | ${'echo secret-words >&2; exit 3'}
    ${'prints no answer'} | ${'echo secret-words'}
  `('keeps to itself what a plugin prints that $situation', async ({ script }) => {
    const connected = await api.connect(await api.kubeconfig('config', { user: await plugin(script) }));
    const outcomes = [await read(connected), await exec(connected)];

    const message = 'The kubeconfig does not open the API server: its credentials cannot be obtained';
    expect(outcomes).toMatchObject([
      { ok: false, reason: 'unavailable', message },
      { kind: 'transport-failed', detail: message },
    ]);
    expect(inspect(outcomes, { depth: 20, showHidden: true })).not.toContain('secret-words');
  });

  it('says that a plugin is missing in no other words', async () => {
    const user = { exec: { apiVersion: 'v1', command: '/nowhere/secret-words' } };
    const connected = await api.connect(await api.kubeconfig('config', { user }));

    expect(inspect(await read(connected))).not.toContain('secret-words');
  });

  it('names neither key nor certificate when the server does not know them', async () => {
    await api.close();
    api = await hearing([mine], true);
    const user = { ...certificate(strangers), token: 'tok-5521' };
    const connected = await api.connect(await api.kubeconfig('config', { user }));

    const outcomes = [await read(connected), await exec(connected)];

    expect(outcomes).toMatchObject([{ ok: false, status: 0 }, { kind: 'transport-failed' }]);
    const said = inspect(outcomes, { depth: 20, showHidden: true });
    expect(said).toMatch(/does not accept our certificate|broke off/);
    for (const secret of ['tok-5521', 'PRIVATE KEY', 'BEGIN CERTIFICATE', base64(strangers.key).slice(0, 40)]) {
      expect(said).not.toContain(secret);
    }
  });

  it.each`
    situation                   | cluster
    ${'no authority is named'}  | ${() => ({ server: api.address })}
    ${'another name is wanted'} | ${() => ({ server: api.address, 'certificate-authority-data': base64(api.identity.ca), 'tls-server-name': 'api.example' })}
  `('does not trust a server when $situation', async ({ cluster }) => {
    const connected = await api.connect(await api.kubeconfig('config', { cluster: cluster(), user: { token: 'abc' } }));

    expect(await read(connected)).toMatchObject({ ok: false, message: expect.stringContaining('is not trusted') });
    expect(await exec(connected)).toMatchObject({ detail: expect.stringContaining('is not trusted') });
    expect(api.heard).toEqual([]);
  });

  it('trusts any server where it is told to, and sends no token over plain HTTP unless it is', async () => {
    const cluster = { server: api.address, 'insecure-skip-tls-verify': true };
    const trusting = await api.connect(await api.kubeconfig('a', { cluster }));
    const plain = await api.connect(await api.kubeconfig('b', { cluster: { server: 'http://127.0.0.1:1' } }));

    expect(await read(trusting)).toMatchObject({ ok: true });
    expect(await read(plain)).toMatchObject({
      message: expect.stringContaining('http:// is refused without insecure-skip-tls-verify'),
    });
  });

  it('keeps its connections from one request to the next', async () => {
    const connected = await api.connect(await api.kubeconfig('config', { user: { token: 'abc' } }));

    for (let count = 0; count < 20; count += 1) await read(connected);

    expect(api.heard).toHaveLength(20);
    expect(api.connections()).toBeLessThanOrEqual(2);
  });

  it('connects anew with a certificate that its plugin has renewed', async () => {
    const answer = ({ certificate: crt, key }: ClientCertificate) => {
      const expirationTimestamp = '2020-01-01T00:00:00Z';
      return JSON.stringify({ status: { clientCertificateData: crt, clientKeyData: key, expirationTimestamp } });
    };
    await writeFile(join(api.folder, 'answer'), answer(mine));
    const connected = await api.connect(
      await api.kubeconfig('config', { user: await plugin(`cat '${api.folder}/answer'`) }),
    );
    await read(connected);
    await writeFile(join(api.folder, 'answer'), answer(strangers));
    await read(connected);

    expect(api.heard.map(({ client }) => client)).toEqual(['operator', 'stranger']);
  });

  it('stops what is under way when it is closed', async () => {
    const connected = await api.connect(await api.kubeconfig('config', {}));
    api.server.removeAllListeners('request');
    const arrived = new Promise((resolve) => api.server.once('request', resolve));
    const waiting = read(connected);
    await arrived;

    await connected.close();

    expect(await waiting).toMatchObject({ ok: false, message: 'The run was stopped' });
    expect(await exec(connected)).toEqual({ kind: 'aborted' });
  });
});
