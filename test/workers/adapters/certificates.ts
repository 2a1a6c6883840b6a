import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Signed by itself: a server that lists it as an authority accepts it. */
export async function makeClientCertificate(name: string): Promise<ClientCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'ipv6check-client-'));
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-keyout', join(folder, 'key'), '-out', join(folder, 'crt')],
    ]);
    const [certificate = '', key = ''] = await Promise.all(
      ['crt', 'key'].map((file) => readFile(join(folder, file), 'utf8')),
    );
    return { certificate, key };
  } finally {
    await rm(folder, { recursive: true });
  }
}
