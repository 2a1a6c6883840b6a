import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { makeServerIdentity, type ServerIdentity } from '../../../lab/cluster/tls.ts';
import type { ExecOutcome, RawObject, ReadOutcome } from '../../../src/ports.ts';
import { type ConnectedCluster, connectCluster } from '../../../workers/adapters/kubernetes.ts';
import type { ClientCertificate } from './certificates.ts';
import { listening } from './connecting.ts';

export interface Entries {
  readonly user?: object;
  readonly cluster?: object;
  readonly name?: string;
  readonly current?: string | undefined;
}

/** A server that hears who asks, and the kubeconfigs that lead to it. */
export interface Listening {
  readonly server: Server;
  readonly identity: ServerIdentity;
  readonly folder: string;
  readonly heard: readonly { readonly authorization: string | undefined; readonly client: string | undefined }[];
  readonly connections: () => number;
  readonly address: string;
  /** Writes a kubeconfig and returns its path. */
  kubeconfig(file: string, entries: Entries): Promise<string>;
  connect(path?: string, context?: string): Promise<ConnectedCluster>;
  close(): Promise<void>;
}

export const base64 = (text: string) => Buffer.from(text).toString('base64');

const target = { namespace: 'shop', pod: 'checkout', container: 'app' };
const session = ({ cluster }: ConnectedCluster) => cluster.session('r1', new AbortController().signal);
export const read = (connected: ConnectedCluster): Promise<ReadOutcome<RawObject>> =>
  session(connected).get('/version');
export const exec = (connected: ConnectedCluster): Promise<ExecOutcome> =>
  session(connected).exec(target, ['true'], { deadlineMs: 5_000, maxBytes: 1_000, endMarker: 'end' }).done;
export const refusal = (connecting: Promise<unknown>): Promise<unknown> =>
  connecting.then(
    () => 'connected',
    (error: unknown) => error,
  );

/** One for all tests of a file: it takes openssl a while to make. */
let made: Promise<ServerIdentity> | undefined;

/** `isStrict` turns clients away whose certificate it does not know. */
export async function hearing(known: readonly ClientCertificate[] = [], isStrict = false): Promise<Listening> {
  made ??= makeServerIdentity();
  const identity = await made;
  const heard: Listening['heard'][number][] = [];
  const opened: ConnectedCluster[] = [];
  let connections = 0;
  const folder = await mkdtemp(join(tmpdir(), 'ipv6check-kubernetes-'));
  const tls = { cert: identity.certificate, key: identity.key, ca: known.map(({ certificate }) => certificate) };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: isStrict });
  const hear = ({ headers, socket }: IncomingMessage) => {
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
  const stop = await listening(server);
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    ...{ server, identity, folder, heard, address, connections: () => connections },
    async kubeconfig(file, { user = {}, cluster, name = 'main', ...more }) {
      const path = join(folder, file);
      const trusted = { server: address, 'certificate-authority-data': base64(identity.ca) };
      // JSON is YAML.
      const body = {
        ...{ apiVersion: 'v1', kind: 'Config' },
        clusters: [{ name, cluster: cluster ?? trusted }],
        users: [{ name, user }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        'current-context': 'current' in more ? more.current : name,
      };
      await writeFile(path, JSON.stringify(body));
      return path;
    },
    async connect(path, context) {
      const options = {
        ...(path === undefined ? {} : { kubeconfig: path }),
        ...(context === undefined ? {} : { context }),
      };
      const connected = await connectCluster({ name: 'lab', maxInFlight: 8, ...options });
      opened.push(connected);
      return connected;
    },
    async close() {
      for (const each of opened) await each.close();
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}
