import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ServerIdentity {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const extensions = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=serverAuth',
  'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc',
  '',
].join('\n');

/** A certificate authority and one server certificate under it, made now and kept only in memory. */
export async function makeServerIdentity(): Promise<ServerIdentity> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-cluster-tls-'));
  const at = (name: string) => join(folder, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    await writeFile(at('extensions'), extensions);
    await Promise.all([
      run('openssl', [
        ...['req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-days', '2'],
        ...['-subj', '/CN=kubernetes', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
      ]),
      run('openssl', ['req', ...newKey, '-keyout', at('key'), '-out', at('csr'), '-subj', '/CN=kube-apiserver']),
    ]);
    await run('openssl', [
      ...['x509', '-req', '-in', at('csr'), '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'],
      ...['-out', at('crt'), '-days', '2', '-extfile', at('extensions')],
    ]);
    const [ca, certificate, key] = await Promise.all(
      ['ca.crt', 'crt', 'key'].map((name) => readFile(at(name), 'utf8')),
    );
    if (!ca || !certificate || !key) throw new Error('openssl wrote an empty file');
    return { ca, certificate, key };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
