import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtPage } from '../../../../lab/workspace/serving/build.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ipv6check-built-'));
});

afterEach(() => rmSync(cache, { recursive: true, force: true }));

describe('lab/workspace/serving/build', () => {
  it('builds once for the same sources, and leaves no draft when two ask at once', async () => {
    const built: string[] = [];
    const build = async (draft: string) => {
      built.push(draft);
      mkdirSync(draft);
      writeFileSync(join(draft, 'index.html'), 'page');
    };

    const [first, second] = await Promise.all([builtPage(cache, build), builtPage(cache, build)]);
    const again = await builtPage(cache, build);

    expect(new Set([first, second, again]).size).toBe(1);
    expect(new Set(built).size).toBe(2);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('keeps nothing of a build that failed', async () => {
    const failing = builtPage(cache, () => Promise.reject(new Error('no bundler')));

    await expect(failing).rejects.toThrow('no bundler');
    expect(readdirSync(cache)).toEqual([]);
  });

  it('makes a page that asks nobody else for anything', async () => {
    const folder = await builtPage(cache);
    const assets = readdirSync(join(folder, 'assets')).map((name) =>
      readFileSync(join(folder, 'assets', name), 'utf8'),
    );
    const html = readFileSync(join(folder, 'index.html'), 'utf8');

    // Names of XML languages are addresses too, and nothing fetches them.
    const addresses = [html, ...assets].join('\n').matchAll(/\bhttps?:\/\/[\w.-]+/g);
    expect(new Set([...addresses].map(([address]) => address))).toEqual(new Set(['http://www.w3.org']));
    expect(html).not.toMatch(/(src|href)="(?!\.\/)/);
    expect(html).not.toMatch(/<script(?![^>]*src=)/);
  });
});
