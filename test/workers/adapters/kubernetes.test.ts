import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { makeServerIdentity, type ServerIdentity } from '../../../lab/cluster/tls.ts';
import { BotError } from '../../../src/errors.ts';
import { type ConnectedCluster, connectCluster } from '../../../workers/adapters/kubernetes.ts';
import { type ClientCertificate, makeClientCertificate } from './certificates.ts';
import { listening } from './connecting.ts';

const target = { namespace: 'shop', pod: 'checkout', container: 'app' };
const execOptions = { deadlineMs: 5_000, maxBytes: 1_000, endMarker: 'end' };

let identity: ServerIdentity;
let mine: ClientCertificate;
let strangers: ClientCertificate;
let server: Server;
let close: () => Promise<void>;
let folder: string;
let heard: { authorization: string | undefined; client: string | undefined }[];
let connections: number;
let opened: ConnectedCluster[];

beforeAll(async () => {
  [identity, mine, strangers] = await Promise.all([
    makeServerIdentity(),
    makeClientCertificate('operator'),
    makeClientCertificate('stranger'),
  ]);
});

beforeEach(async () => {
  [heard, opened, connections] = [[], [], 0];
  folder = await mkdtemp(join(tmpdir(), 'ipv6check-kubernetes-'));
  const tls = { cert: identity.certificate, key: identity.key, ca: [mine.certificate], requestCert: true };
  server = createServer({ ...tls, rejectUnauthorized: false });
  const hear = ({ headers, socket }: import('node:http').IncomingMessage) => {
    const peer = (socket as TLSSocket).getPeerCertificate();
    heard.push({ authorization: headers.authorization, client: peer.subject?.CN?.toString() });
  };
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', (request, response) => {
    hear(request);
    response.end('{"kind":"Pod"}');
  });
  server.on('upgrade', (request, socket, head) => {
    hear(request);
    sockets.handleUpgrade(request, socket, head, (ws) => ws.send(Buffer.from('\u0003{"status":"Success"}')));
  });
  close = await listening(server);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of opened) await each.close();
  await close();
  await rm(folder, { recursive: true });
});

const address = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Entries {
  readonly user?: object;
  readonly cluster?: object;
  readonly name?: string;
  readonly current?: string | undefined;
}

/** JSON is YAML. */
async function kubeconfig(file: string, { user = {}, cluster, name = 'main', ...more }: Entries): Promise<string> {
  const path = join(folder, file);
  const trusted = { server: address(), 'certificate-authority-data': base64(identity.ca) };
  const body = {
    ...{ apiVersion: 'v1', kind: 'Config' },
    clusters: [{ name, cluster: cluster ?? trusted }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': 'current' in more ? more.current : name,
  };
  await writeFile(path, JSON.stringify(body));
  return path;
}

async function connect(path?: string, context?: string): Promise<ConnectedCluster> {
  const options = {
    ...(path === undefined ? {} : { kubeconfig: path }),
    ...(context === undefined ? {} : { context }),
  };
  const connected = await connectCluster({ name: 'lab', maxInFlight: 8, ...options });
  opened.push(connected);
  return connected;
}

const session = ({ cluster }: ConnectedCluster) => cluster.session('r1', new AbortController().signal);
const read = (connected: ConnectedCluster) => session(connected).get('/version');
const exec = (connected: ConnectedCluster) => session(connected).exec(target, ['true'], execOptions).done;
const refusal = (connecting: Promise<unknown>) =>
  connecting.then(
    () => 'connected',
    (error: unknown) => error,
  );

async function plugin(script: string): Promise<object> {
  const command = join(folder, 'plugin');
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } };
}

const certificate = ({ certificate: crt, key }: ClientCertificate) => ({
  ...{ 'client-certificate-data': base64(crt), 'client-key-data': base64(key) },
});

describe('workers/adapters/kubernetes', () => {
  it('shows its client certificate to requests and execs', async () => {
    const connected = await connect(await kubeconfig('config', { user: certificate(mine) }));

    expect(await read(connected)).toMatchObject({ ok: true });
    expect(await exec(connected)).toMatchObject({ kind: 'truncated' });
    expect(heard.map(({ client }) => client)).toEqual(['operator', 'operator']);
  });

  it('reads certificates beside the kubeconfig', async () => {
    await Promise.all([
      writeFile(join(folder, 'crt'), mine.certificate),
      writeFile(join(folder, 'key'), mine.key),
      writeFile(join(folder, 'ca'), identity.ca),
    ]);
    const cluster = { server: address(), 'certificate-authority': 'ca' };
    const user = { 'client-certificate': 'crt', 'client-key': 'key' };
    const connected = await connect(await kubeconfig('config', { user, cluster }));

    expect(await read(connected)).toMatchObject({ ok: true });
    expect(heard[0]?.client).toBe('operator');
  });

  it.each`
    situation           | user                                    | authorization
    ${'a token'}        | ${{ token: 'abc' }}                     | ${'Bearer abc'}
    ${'a password'}     | ${{ username: 'me', password: 'pass' }} | ${`Basic ${base64('me:pass')}`}
    ${'nothing at all'} | ${{}}                                   | ${undefined}
  `('brings $situation to requests and execs', async ({ user, authorization }) => {
    const connected = await connect(await kubeconfig('config', { user }));
    await read(connected);
    await exec(connected);

    expect(heard.map((each) => each.authorization)).toEqual([authorization, authorization]);
  });

  it.each([{ tokenFile: 'token' }, { tokenFile: 'token', token: 'older' }])(
    'reads a token from its file, a line break at its end or not, with %j',
    async (user) => {
      await writeFile(join(folder, 'token'), 'from-file\n');
      const connected = await connect(await kubeconfig('config', { user }));
      await read(connected);
      await exec(connected);

      expect(heard.map(({ authorization }) => authorization)).toEqual(['Bearer from-file', 'Bearer from-file']);
    },
  );

  it('says without the file’s name that a token cannot be read', async () => {
    const connected = await connect(await kubeconfig('config', { user: { tokenFile: 'nowhere' } }));

    expect(await read(connected)).toEqual({
      ...{ ok: false, reason: 'unavailable', status: 0 },
      message: 'The kubeconfig does not open the API server: its credentials cannot be obtained',
    });
  });

  it('runs a credentials plugin once for requests that start together', async () => {
    const status = JSON.stringify({ status: { token: 'of-plugin' } });
    const user = await plugin(`echo ran >> '${folder}/runs'\necho '${status}'`);
    const connected = await connect(await kubeconfig('config', { user }));

    await Promise.all([read(connected), read(connected), exec(connected)]);
    await read(connected);

    expect(new Set(heard.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer of-plugin']));
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('ran\n');
  });

  it.each`
    situation             | script
    ${'fails'}            | ${'echo secret-words >&2; exit 3'}
    ${'prints no answer'} | ${'echo secret-words'}
  `('keeps to itself what a plugin prints that $situation', async ({ script }) => {
    const connected = await connect(await kubeconfig('config', { user: await plugin(script) }));
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
    const connected = await connect(await kubeconfig('config', { user }));

    expect(inspect(await read(connected))).not.toContain('secret-words');
  });

  it('names neither key nor certificate when the server does not know them', async () => {
    await close();
    const tls = { cert: identity.certificate, key: identity.key, ca: [mine.certificate], requestCert: true };
    server = createServer(tls);
    close = await listening(server);
    const user = { ...certificate(strangers), token: 'tok-5521' };
    const connected = await connect(await kubeconfig('config', { user }));

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
    ${'no authority is named'}  | ${() => ({ server: address() })}
    ${'another name is wanted'} | ${() => ({ server: address(), 'certificate-authority-data': base64(identity.ca), 'tls-server-name': 'api.example' })}
  `('does not trust a server when $situation', async ({ cluster }) => {
    const connected = await connect(await kubeconfig('config', { cluster: cluster(), user: { token: 'abc' } }));

    expect(await read(connected)).toMatchObject({ ok: false, message: expect.stringContaining('is not trusted') });
    expect(await exec(connected)).toMatchObject({ detail: expect.stringContaining('is not trusted') });
    expect(heard).toEqual([]);
  });

  it('trusts any server where it is told to, and sends no token over plain HTTP unless it is', async () => {
    const cluster = { server: address(), 'insecure-skip-tls-verify': true };
    const trusting = await connect(await kubeconfig('a', { cluster }));
    const plain = await connect(await kubeconfig('b', { cluster: { server: 'http://127.0.0.1:1' } }));

    expect(await read(trusting)).toMatchObject({ ok: true });
    expect(await read(plain)).toMatchObject({
      message: expect.stringContaining('http:// is refused without insecure-skip-tls-verify'),
    });
  });

  it('keeps its connections from one request to the next', async () => {
    const connected = await connect(await kubeconfig('config', { user: { token: 'abc' } }));

    for (let count = 0; count < 20; count += 1) await read(connected);

    expect(heard).toHaveLength(20);
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('connects anew with a certificate that its plugin has renewed', async () => {
    const answer = ({ certificate: crt, key }: ClientCertificate) => {
      const expirationTimestamp = '2020-01-01T00:00:00Z';
      return JSON.stringify({ status: { clientCertificateData: crt, clientKeyData: key, expirationTimestamp } });
    };
    await writeFile(join(folder, 'answer'), answer(mine));
    const connected = await connect(await kubeconfig('config', { user: await plugin(`cat '${folder}/answer'`) }));
    await read(connected);
    await writeFile(join(folder, 'answer'), answer(strangers));
    await read(connected);

    expect(heard.map(({ client }) => client)).toEqual(['operator', 'stranger']);
  });

  it('merges several files as kubectl does: the first entry of a name counts, and files may be missing', async () => {
    const first = await kubeconfig('first', { user: { token: 'first' } });
    const same = await kubeconfig('same', { user: { token: 'shadowed' } });
    const other = await kubeconfig('other', { user: { token: 'other' }, name: 'second' });
    const files = [join(folder, 'missing'), first, same, other].join(':');

    await read(await connect(files));
    await read(await connect(files, 'second'));
    await read(await connect(`:${other}:${first}`));

    expect(heard.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer other', 'Bearer other']);
  });

  it.each`
    situation                  | entries                   | context      | message
    ${'lacks the context'}     | ${{}}                     | ${'staging'} | ${'the kubeconfig has no context named "staging"'}
    ${'lacks its current one'} | ${{ current: 'gone' }}    | ${undefined} | ${'the kubeconfig has no context named "gone"'}
    ${'chooses none'}          | ${{ current: undefined }} | ${undefined} | ${'the kubeconfig names no current context'}
  `('refuses a kubeconfig that $situation', async ({ entries, context, message }) => {
    const error = await refusal(connect(await kubeconfig('config', entries), context));

    expect(error).toBeInstanceOf(BotError);
    expect(error).toMatchObject({ code: 'CLUSTER_UNAVAILABLE', message });
  });

  it('refuses a context whose cluster is not there', async () => {
    const path = join(folder, 'config');
    const context = { cluster: 'gone', user: 'main' };
    const file = { clusters: [], users: [], contexts: [{ name: 'main', context }], 'current-context': 'main' };
    await writeFile(path, JSON.stringify(file));

    expect(await refusal(connect(path))).toMatchObject({ message: 'the kubeconfig names no cluster' });
  });

  it.each(['users: [secret-words', 'secret-words', ''])(
    'quotes nothing of a file that is no kubeconfig: "%s"',
    async (text) => {
      const path = join(folder, 'config');
      await writeFile(path, text);

      const error = await refusal(connect(path));

      expect(error).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret-words');
    },
  );

  it('names the file that is not there', async () => {
    const path = join(folder, 'missing');

    expect(await refusal(connect(path))).toMatchObject({ message: `the kubeconfig ${path} cannot be read` });
  });

  it('looks in the usual place, and says when there is neither a file nor a service account', async () => {
    vi.stubEnv('HOME', folder);
    const absent = await refusal(connect());
    await mkdir(join(folder, '.kube'));
    await kubeconfig('.kube/config', { user: { token: 'of-home' } });
    await read(await connect());

    expect(absent).toMatchObject({ code: 'CLUSTER_UNAVAILABLE', message: 'there is no kubeconfig to read' });
    expect(heard[0]?.authorization).toBe('Bearer of-home');
  });

  it('stops what is under way when it is closed', async () => {
    const connected = await connect(await kubeconfig('config', {}));
    server.removeAllListeners('request');
    const arrived = new Promise((resolve) => server.once('request', resolve));
    const waiting = read(connected);
    await arrived;

    await connected.close();

    expect(await waiting).toMatchObject({ ok: false, message: 'The run was stopped' });
    expect(await exec(connected)).toEqual({ kind: 'aborted' });
  });
});
