import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig, variableNames } from '../src/config.ts';
import { causes } from '../src/diagnosis/causes.ts';
import { checks } from '../src/diagnosis/registry.ts';
import { stageOrder } from '../src/diagnosis/stages.ts';
import { catalogue, type ErrorCode } from '../src/errors.ts';
import { importsOf, sourcesIn } from './helpers/sources.ts';
import { testedThrough } from './helpers/tested-through.ts';

const headings = ['What it looks at', 'What a failure means', 'What to do', 'When it is wrong'];
const namesIn = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .toSorted();
const ids = checks.map(({ id }) => id);

/** Types, schemas, tables and what only starts a process export nothing that a test of their own could call. */
const doesSomething =
  /^export (async )?(function|class) |^export const \w+(: [^=]+)? = (async )?\([^)]*\)(: [^=]+)? =>|^export const \w+: (Section|Command)\b/m;
const testOf = (file: string) => `test/${file.replace(/^src\//, '').replace(/\.ts$/, '.test.ts')}`;
const behaving = ['src', 'workers'].flatMap(sourcesIn).filter((file) => doesSomething.test(readFileSync(file, 'utf8')));
const read = (path: string) => readFileSync(path, 'utf8');
const codes = Object.keys(catalogue) as ErrorCode[]; // Object.keys forgets what it was asked about
const decisions = readdirSync('docs/decisions').toSorted();
const everything = ['src', 'workers', 'lab'].flatMap((root) =>
  readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => !entry.parentPath.includes('/dist')),
);

describe('house', () => {
  it('registers every check file once, under its own name', () => {
    expect(ids.toSorted()).toEqual(namesIn('src/diagnosis/checks', '.ts'));
  });

  it('has no test and no page without a check', () => {
    expect(namesIn('test/diagnosis/checks', '.test.ts')).toEqual(ids.toSorted());
    expect(namesIn('docs/checks', '.md')).toEqual(ids.toSorted());
  });

  it('registers checks in the order of the stages, then of their ids', () => {
    const sorted = checks.toSorted(
      (a, b) => stageOrder(a.stage) - stageOrder(b.stage) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );

    expect(ids).toEqual(sorted.map(({ id }) => id));
  });

  it.each(checks)('$id has a test that bears its name and a page with the agreed headings', ({ id }) => {
    const test = `test/diagnosis/checks/${id}.test.ts`;
    expect(existsSync(test)).toBe(true);
    expect(readFileSync(test, 'utf8')).toContain(`describe('diagnosis/checks/${id}'`);

    const page = readFileSync(`docs/checks/${id}.md`, 'utf8');
    expect(page.startsWith(`# ${id}\n`)).toBe(true);
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(headings);
    for (const section of page.split(/^## .+$/m).slice(1)) expect(section.trim()).not.toBe('');
  });

  it.each(checks)('$id explains on its page every cause that it names', ({ id, causes: own }) => {
    const page = readFileSync(`docs/checks/${id}.md`, 'utf8');

    expect(own.filter((cause) => !page.includes(`\`${cause}\``))).toEqual([]);
  });

  it.each(Object.keys(causes))('%s has exactly one check that names it', (cause) => {
    const owners = checks.filter((check) => check.causes.some((each) => each === cause));

    expect(owners.map(({ id }) => id)).toHaveLength(1);
  });

  it.each(checks)('$id names causes of its own stage, and each of them in its code', ({ id, stage, causes: own }) => {
    expect(own.filter((cause) => causes[cause].stage !== stage)).toEqual([]);
    // A check may find its cause in a judgement of its own in another file, as a policy's does in the denial.
    const check = `src/diagnosis/checks/${id}.ts`;
    const judging = importsOf(check).filter(({ target }) => /^src\/diagnosis\/(?!causes)[\w-]+\.ts$/.test(target));
    const files = [check, ...judging.map(({ target }) => target)];
    const code = files.map((file) => readFileSync(file, 'utf8').replace(/causes: \[[^\]]*\]/, '')).join();
    expect(own.filter((cause) => !code.includes(`'${cause}'`))).toEqual([]);
  });

  it.each(checks)('$id states what is true without a full stop, and its id is a kebab-case noun', (check) => {
    expect(check.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(check.title).not.toMatch(/\.$/);
    expect(check.failureTitle).not.toMatch(/\.$/);
    expect(check.failureTitle).not.toBe(check.title);
  });

  it.each(behaving.filter((file) => !(file in testedThrough)))(
    '%s has a test in its place, which bears its name',
    (file) => {
      const test = testOf(file);

      expect(existsSync(test), `${test} is missing`).toBe(true);
      expect(readFileSync(test, 'utf8')).toContain(`describe('${test.slice('test/'.length, -'.test.ts'.length)}'`);
    },
  );

  it.each(Object.entries(testedThrough))('%s has no test of its own and is tested elsewhere', (file, tests) => {
    expect(behaving).toContain(file);
    expect(existsSync(testOf(file)), `${file} has a test of its own now`).toBe(false);
    expect(tests.filter((test) => !existsSync(test))).toEqual([]);
  });

  it('explains every error code once, in the order of the catalogue, and none that does not exist', () => {
    expect([...read('docs/errors.md').matchAll(/^## (.+)$/gm)].map(([, code]) => code)).toEqual(codes);
  });

  it.each(codes)('%s is explained with its own sentence, what it means, why, and what to do', (code) => {
    const section = read('docs/errors.md').split(`## ${code}\n`)[1]?.split('\n## ')[0] ?? '';

    expect(section.startsWith(`> ${catalogue[code].say}\n`)).toBe(true);
    expect([...section.matchAll(/^- \*\*(.+):\*\* \S/gm)].map(([, label]) => label)).toEqual(['Means', 'Why', 'Do']);
  });

  it('says of exactly the errors that may pass by themselves that they are tried again', () => {
    const [preamble = ''] = read('docs/errors.md').split('\n## ');

    expect(preamble.match(/\b[A-Z]+_[A-Z]+\b/g)).toEqual(codes.filter((code) => catalogue[code].retry));
  });

  it('shows in .env.example every variable that the configuration reads, in its order, each with a line', () => {
    const lines = read('.env.example').split('\n');
    const set = lines.filter((line) => /^\w+=/.test(line));

    expect(set.map((line) => line.split('=')[0])).toEqual(variableNames);
    expect(set.filter((line) => !/^# \S/.test(lines[lines.indexOf(line) - 1]!))).toEqual([]);
  });

  it('shows in .env.example the defaults', () => {
    const shown = Object.fromEntries(
      [...read('.env.example').matchAll(/^(\w+)=(.+)$/gm)].map(([, name, value]) => [name, value]),
    );
    const { REDIS_URL, IPV6CHECK_CLUSTER } = shown;
    const needed = {
      REDIS_URL,
      IPV6CHECK_CLUSTER,
      SLACK_BOT_TOKEN: 'x',
      GRANTS_FILE: 'grants.yaml',
      DECISION_KEY: 'k'.repeat(32),
    };
    const { clusters: _, ...defaults } = readConfig(needed, 'probe');

    expect(readConfig({ ...shown, ...needed }, 'probe')).toMatchObject(defaults);
  });

  it.each(everything.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`))(
    '%s has at most 250 lines',
    (file) => {
      expect(read(file).split('\n').length - 1).toBeLessThanOrEqual(250);
    },
  );

  it('puts files where their subject is, and not into a drawer', () => {
    const drawers = /^(utils?|helpers?|common|types?|interfaces?|constants?)(\.tsx?)?$/;

    expect(everything.map(({ name }) => name).filter((name) => drawers.test(name))).toEqual([]);
  });

  it('gives a sentence in docs/decisions to every dependency, and to nothing that is none', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    const of = (...fields: string[]) => fields.flatMap((field) => Object.keys(manifest[field] ?? {}));
    const text = decisions.map((name) => read(`docs/decisions/${name}`)).join('\n');
    const explained = [...text.matchAll(/`([@\w/.-]+)`: \S/g)].map(([, name]) => name!);
    const mentioned = of('devDependencies', 'optionalDependencies', 'overrides');

    expect(of('dependencies').filter((name) => !explained.includes(name))).toEqual([]);
    expect(mentioned.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    expect(explained.filter((name) => ![...of('dependencies'), ...mentioned].includes(name))).toEqual([]);
  });

  it.each(decisions)('docs/decisions/%s states its decision in the title and takes at most 30 lines', (name) => {
    const lines = read(`docs/decisions/${name}`).trimEnd().split('\n');

    expect(name).toMatch(/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md$/);
    expect(lines.length).toBeLessThanOrEqual(30);
    // A sentence and not a topic: it has the length of one, and does not ask.
    expect(lines[0]).toMatch(/^# (?!What|Why|How)[A-Z]\S*( \S+){4,}[^.?:]$/);
    expect(lines.join('\n')).toMatch(/\*\*Context\.\*\* [\s\S]+\*\*Choice\.\*\*\s[\s\S]+\*\*Price\.\*\* /);
  });

  it('numbers the decisions without a gap', () => {
    expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1));
  });
});
