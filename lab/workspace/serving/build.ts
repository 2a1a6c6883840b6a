import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(dirname(fileURLToPath(import.meta.url))), 'page');
const root = dirname(dirname(dirname(source)));
const ownCache = join(root, 'node_modules', '.cache', 'ipv6check-page');

/** The sources and the lockfile, which says what builds them. */
function hashOf(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
  for (const name of files.toSorted()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest('hex').slice(0, 16);
}

/** The folder with the page as a browser takes it; built only when its sources have changed. */
export async function builtPage(cache = ownCache, build = runVite): Promise<string> {
  const folder = join(cache, hashOf());
  if (existsSync(join(folder, 'index.html'))) return folder;

  mkdirSync(cache, { recursive: true });
  // A folder of its own until it is whole: two demos may start at once.
  const draft = `${folder}.${randomBytes(4).toString('hex')}`;
  await build(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(join(folder, 'index.html'))) throw error;
  }
  return folder;
}

/** As a process of its own, so that the lab carries no bundler while it runs. */
function runVite(outDir: string): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = join(source, 'vite.config.ts');
  const words = [vite, 'build', '--config', config, '--outDir', outDir];
  const child = spawn(process.execPath, words, { cwd: source, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the page cannot be built:\n${said}`))));
  });
}
