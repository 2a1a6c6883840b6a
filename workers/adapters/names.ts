import { lookup } from 'node:dns/promises';

/** Codes of getaddrinfo that mean "no such address", and not "nobody answered". */
const empty = new Set(['ENOTFOUND', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA']);

/** As this machine resolves names: its hosts file, its resolvers, its search list. */
export async function resolveName(host: string, family: 4 | 6): Promise<readonly string[]> {
  try {
    const found = await lookup(host, { all: true, family });
    return found.map(({ address }) => address);
  } catch (error) {
    if (error instanceof Error && 'code' in error && empty.has(String(error.code))) return [];
    throw error;
  }
}
