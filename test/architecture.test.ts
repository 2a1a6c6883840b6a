import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeOf, importsOf, sourcesIn } from './helpers/sources.ts';

const ports = ['src/ports.ts', 'src/jobs/job.ts'];
const pure = ['src/net/', 'src/policy/', 'src/evidence/', 'src/diagnosis/', 'src/remediation/'];
const shared = [...pure, 'src/ports.ts', 'src/jobs/', 'src/errors.ts', 'zod'];
const collecting = [...pure, ...ports, 'src/errors.ts', 'zod'];
const bot = ['src/compose.ts', 'src/config.ts', 'src/adapters/', 'src/slack/'];
const collectors = ['workers/access/', 'workers/probes/', 'workers/reads/'];
/** Runs of collectors, which a prober's processors are given as one function each. */
const looks = ['collect', 'collect-node', 'destinations', 'diagnose', 'reprobe', 'rereads', 'sibling'].map(
  (name) => `workers/${name}.ts`,
);
const worker = [
  ...[...collectors, ...looks, 'workers/processors/', 'workers/adapters/'],
  ...['compose', 'receive', 'sweeping', 'fence', 'product-version'].map((name) => `workers/${name}.ts`),
];

/**
 * Who may import whom: of the rows that a path begins with, the longest counts. A folder may import itself. Of packages only
 * what runs counts; of our own folders types count too, because a layer that knows another's types knows the other.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'src/net/': [],
  'src/evidence/': ['src/net/', 'zod'],
  'src/policy/': ['src/net/', 'src/evidence/'],
  // Calico hashes a pod's name into that of its interface.
  'src/diagnosis/': ['src/net/', 'src/policy/', 'src/evidence/', 'zod', 'node:crypto'],
  // Hashes and signatures are functions of their input.
  'src/remediation/': ['src/net/', 'src/policy/', 'src/evidence/', 'zod', 'node:crypto'],
  'src/errors.ts': [],
  'src/config.ts': ['src/errors.ts', 'zod'],
  'src/ports.ts': [...pure, 'src/jobs/job.ts', 'src/errors.ts', 'zod'],
  'src/jobs/': [...pure, 'src/errors.ts', 'zod'],

  'src/slack/mrkdwn.ts': [],
  'src/slack/views/': [...pure, ...ports, 'src/slack/mrkdwn.ts', 'yaml'],
  'src/slack/': [...shared, '@slack/bolt', 'node:crypto'],
  'src/adapters/': [
    ...shared,
    '@slack/bolt',
    '@slack/web-api',
    'bullmq',
    'ioredis',
    'pino',
    'prom-client',
    'yaml',
    'node:',
  ],
  'src/compose.ts': ['src/slack/', '@slack/bolt'],
  'src/main.ts': [...bot, 'src/errors.ts', '@slack/bolt', 'pino'],

  'workers/access/': [...collectors, ...collecting, 'node:crypto', 'node:timers/promises'],
  'workers/probes/': [...collectors, ...collecting, 'node:fs', 'node:net'],
  'workers/reads/': [...collectors, ...collecting],
  'workers/collect-node.ts': [...collectors, ...collecting, 'workers/collect.ts'],
  'workers/sibling.ts': [...collectors, ...collecting],
  'workers/collect.ts': [...collectors, ...collecting, 'workers/destinations.ts'],
  'workers/destinations.ts': ['workers/probes/', ...collecting],
  'workers/diagnose.ts': [...collectors, ...looks, ...shared, 'workers/processors/', 'yaml'],
  'workers/reprobe.ts': [...collectors, ...looks, ...shared, 'workers/processors/'],
  'workers/rereads.ts': [...collectors, ...looks, ...shared, 'workers/processors/'],
  'workers/processors/': [...collectors, ...shared, 'src/slack/views/', 'node:timers/promises'],
  'workers/receive.ts': ['src/jobs/', 'src/errors.ts', 'zod', 'bullmq'],
  'workers/sweeping.ts': ['workers/processors/', 'node:timers/promises'],
  'workers/fence.ts': [...shared, 'workers/adapters/', 'workers/processors/', 'node:timers/promises'],
  'workers/product-version.ts': ['zod', 'node:fs'],
  'workers/adapters/': [...shared, 'workers/product-version.ts', 'undici', 'ws', 'node:'],
  // The one file that may load it, so that what the library does wrong is mended once.
  'workers/adapters/kubernetes.ts': [
    ...[...shared, 'workers/adapters/', 'workers/product-version.ts'],
    ...['@kubernetes/client-node', 'undici', 'ws', 'yaml', 'node:'],
  ],
  'workers/compose.ts': [...worker, ...shared, 'src/adapters/'],
  'workers/main.ts': [...worker, ...shared, ...bot, 'pino'],
  'workers/cli/': [...worker, ...shared, ...bot, 'pino', 'yaml', 'node:'],
  // Asks Slack what no port asks: which scopes a token has.
  'workers/cli/doctor/slack.ts': ['workers/cli/', ...shared, ...bot, '@slack/web-api'],

  // It must not share our mistakes.
  'lab/': ['ws', 'yaml', 'node:'],
  // It runs in a browser; the build and the server reach it by path.
  'lab/workspace/page/': ['preact', 'preact/'],
};

const files = ['src', 'workers', 'lab'].flatMap(sourcesIn);
const isPackage = (target: string) => !/^(src|workers|lab|scripts|test)\//.test(target);
const covers = (allowed: string, target: string) =>
  /[/:]$/.test(allowed) ? target.startsWith(allowed) : target === allowed;

/** What `file` imports and may not; null when no row speaks of it. */
function strangersOf(file: string, text?: string): string[] | null {
  const row = Object.keys(mayImport)
    .filter((prefix) => file.startsWith(prefix))
    .toSorted((a, b) => b.length - a.length)[0];
  if (row === undefined) return null;
  const allowed = [...mayImport[row]!, ...(row.endsWith('/') ? [row] : [])];
  return importsOf(file, text)
    .filter(({ target, isType }) => !(isType && isPackage(target)))
    .map(({ target }) => target)
    .filter((target) => !allowed.some((each) => covers(each, target)));
}

/** Every file and package that runs when `entry` does. */
function closureOf(entry: string): ReadonlySet<string> {
  const seen = new Set([entry]);
  for (const file of seen) {
    if (isPackage(file)) continue;
    for (const { target, isType } of importsOf(file)) if (!isType) seen.add(target);
  }
  return seen;
}

/** What makes the same input give another answer tomorrow, or makes a caller wait. */
const impure =
  /\b(async|await|Promise|Date\.now|performance\.now|Math\.random|setTimeout|setInterval|fetch|console)\b|\bprocess\s*[.[]|\bnew Date(\(\s*\)|\b(?!\())/g;
const impuritiesOf = (text: string) => [...codeOf(text).matchAll(impure)].map(([found]) => found);

describe('architecture', () => {
  it.each(files)('%s imports only what its row allows', (file) => {
    const strangers = strangersOf(file);

    expect(strangers, `${file} has no row in mayImport`).not.toBeNull();
    expect(strangers).toEqual([]);
  });

  it.each(Object.keys(mayImport))('%s is a row that something needs', (row) => {
    expect(files.filter((file) => file.startsWith(row))).not.toEqual([]);
  });

  it.each`
    what                                | file                       | text                                                       | strangers
    ${'a file without a row'}           | ${'src/common/x.ts'}       | ${''}                                                      | ${null}
    ${'a layer above'}                  | ${'src/net/x.ts'}          | ${"import { a } from '../slack/app.ts';"}                  | ${['src/slack/app.ts']}
    ${'a type of a layer above'}        | ${'src/net/x.ts'}          | ${"import type { A } from '../slack/app.ts';"}             | ${['src/slack/app.ts']}
    ${'a package'}                      | ${'src/net/x.ts'}          | ${"import { z } from 'zod';"}                              | ${['zod']}
    ${'a type of a package'}            | ${'src/net/x.ts'}          | ${"import type { Logger } from 'pino';"}                   | ${[]}
    ${'a type among values'}            | ${'src/net/x.ts'}          | ${"import { type Logger, pino } from 'pino';"}             | ${['pino']}
    ${'several lines'}                  | ${'src/net/x.ts'}          | ${"import {\n  a,\n  b,\n} from '../config.ts';"}          | ${['src/config.ts']}
    ${'what is handed on'}              | ${'src/net/x.ts'}          | ${"export * from '../config.ts';"}                         | ${['src/config.ts']}
    ${'an effect alone'}                | ${'src/net/x.ts'}          | ${"import '../config.ts';"}                                | ${['src/config.ts']}
    ${'an import on demand'}            | ${'src/net/x.ts'}          | ${"await import('../config.ts');"}                         | ${['src/config.ts']}
    ${'a name that only begins alike'}  | ${'src/evidence/x.ts'}     | ${"import { z } from 'zod-to-json';"}                      | ${['zod-to-json']}
    ${'a shorter row than the longest'} | ${'src/slack/views/x.ts'}  | ${"import { App } from '@slack/bolt';"}                    | ${['@slack/bolt']}
    ${'its own folder'}                 | ${'src/net/x.ts'}          | ${"import { a } from './cidr.ts';"}                        | ${[]}
    ${'the client of another adapter'}  | ${'workers/adapters/x.ts'} | ${"import { KubeConfig } from '@kubernetes/client-node';"} | ${['@kubernetes/client-node']}
    ${'the lab from the product'}       | ${'workers/cli/x.ts'}      | ${"import type { A } from '../../lab/contract.ts';"}       | ${['lab/contract.ts']}
    ${'the product from the lab'}       | ${'lab/cluster/x.ts'}      | ${"import type { A } from '../../src/ports.ts';"}          | ${['src/ports.ts']}
  `('sees $what', ({ file, text, strangers }) => {
    expect(strangersOf(file, text)).toEqual(strangers);
  });

  it('keeps the cluster client out of the process that listens to Slack', () => {
    const loaded = closureOf('src/main.ts');

    expect([...loaded].filter((target) => /^(workers|lab)\/|^@kubernetes\//.test(target))).toEqual([]);
    expect(loaded).toContain('src/slack/commands/parse.ts'); // the walk went all the way
    expect(closureOf('workers/main.ts')).toContain('@kubernetes/client-node');
  });

  it('lets the lab and the product meet in no row', () => {
    const { 'lab/': lab, ...product } = mayImport;

    expect(lab!.filter((allowed) => !isPackage(allowed) && allowed !== 'node:')).toEqual([]);
    expect(
      Object.values(product)
        .flat()
        .filter((allowed) => allowed.startsWith('lab')),
    ).toEqual([]);
  });

  it.each([...pure, 'src/slack/views/'].flatMap((folder) => sourcesIn(folder)))('%s is pure', (file) => {
    expect(impuritiesOf(readFileSync(file, 'utf8'))).toEqual([]);
  });

  it.each`
    code                                        | found
    ${'async function f() { await g(); }'}      | ${['async', 'await']}
    ${'const now = Date.now();'}                | ${['Date.now']}
    ${'const now = new Date();'}                | ${['new Date()']}
    ${'const now = new Date;'}                  | ${['new Date']}
    ${'const then = new Date(at);'}             | ${[]}
    ${'const { HOME } = process.env;'}          | ${['process.']}
    ${"const { HOME } = process['env'];"}       | ${['process[']}
    ${"say('the process. It may await.');"}     | ${[]}
    ${'// a process. It is async\n/* await */'} | ${[]}
  `('finds $found impure in $code', ({ code, found }) => {
    expect(impuritiesOf(code)).toEqual(found);
  });
});
