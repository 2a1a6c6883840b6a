import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causes } from '../src/diagnosis/causes.ts';
import { checks } from '../src/diagnosis/registry.ts';
import { stageOrder } from '../src/diagnosis/stages.ts';

const headings = ['What it looks at', 'What a failure means', 'What to do', 'When it is wrong'];
const namesIn = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .toSorted();
const ids = checks.map(({ id }) => id);

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
    // A policy check finds its cause in the denial that the evaluator explains.
    const files = [`src/diagnosis/checks/${id}.ts`, ...(stage === 'policy' ? ['src/diagnosis/policy-denial.ts'] : [])];
    const code = files.map((file) => readFileSync(file, 'utf8').replace(/causes: \[[^\]]*\]/, '')).join();
    expect(own.filter((cause) => !code.includes(`'${cause}'`))).toEqual([]);
  });

  it.each(checks)('$id states what is true without a full stop, and its id is a kebab-case noun', (check) => {
    expect(check.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(check.title).not.toMatch(/\.$/);
    expect(check.failureTitle).not.toMatch(/\.$/);
    expect(check.failureTitle).not.toBe(check.title);
  });
});
