import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifests, withoutTwins } from '../../../src/policy/manifests.ts';
import { objectsInText } from './documents.ts';

const isManifest = (name: string) => /\.(ya?ml|json)$/i.test(name);

/** The files of a folder and its folders, in the order of their names; a link that leads round in circles ends. */
async function filesIn(folder: string, seen: Set<string>): Promise<string[]> {
  const real = await realpath(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const found: string[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => null);
    if (entry?.isDirectory() && name !== '.git') found.push(...(await filesIn(path, seen)));
    // A link that leads nowhere is kept: that it cannot be read is said.
    else if (isManifest(name) && !entry?.isDirectory()) found.push(path);
  }
  return found;
}

/**
 * Every object in a folder, recursively, or in one file. What cannot be read is a problem of the answer and no failure.
 * @throws where the path itself cannot be read
 */
export async function manifestsAt(paths: readonly string[]): Promise<Manifests> {
  const read: Manifests[] = [];
  for (const path of paths) {
    const isFolder = (await stat(path)).isDirectory();
    for (const file of isFolder ? await filesIn(path, new Set()) : [path]) {
      read.push(await manifestsIn(file, isFolder ? file.slice(path.length).replace(/^\/+/, '') : file));
    }
  }
  return withoutTwins({
    found: read.flatMap(({ found }) => found),
    problems: read.flatMap(({ problems }) => problems),
  });
}

async function manifestsIn(file: string, name: string): Promise<Manifests> {
  try {
    return objectsInText((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''), name);
  } catch (error) {
    const text = `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { found: [], problems: [{ namespace: null, text }] };
  }
}
