import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
  it('builds once for the same sources, also when two ask at once, and leaves no draft', async () => {
    const [first, second] = await Promise.all([builtPage(cache), builtPage(cache)]);
    const again = await builtPage(cache);

    expect(new Set([first, second, again]).size).toBe(1);
    expect(readdirSync(cache)).toHaveLength(1);
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
