import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import type { LabFile } from '../files.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Nothing from elsewhere is loaded, nothing is sent elsewhere, and the token in the address is told to nobody. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export async function sendFile(response: ServerResponse, folder: string, path: string): Promise<void> {
  const name = path === '' ? 'index.html' : normalize(path);
  const type = types[name.split('.').at(-1) ?? ''];
  const bytes = type && !name.startsWith('..') ? await readFile(join(folder, name)).catch(() => undefined) : undefined;
  if (!type || !bytes) return void response.writeHead(404, headers).end();
  response.writeHead(200, { ...headers, 'content-type': type }).end(bytes);
}

/** What an app uploaded is not ours: opened by itself it may run nothing. */
export function sendUpload(
  response: ServerResponse,
  upload: { readonly file: LabFile; readonly type: string } | undefined,
): void {
  if (!upload) return void response.writeHead(404, headers).end();
  const policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
  response.writeHead(200, { ...headers, 'content-security-policy': policy, 'content-type': upload.type });
  response.end(upload.file.bytes);
}
