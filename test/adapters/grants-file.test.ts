import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantsFile } from '../../src/adapters/grants-file.ts';

let folder: string;
let path: string;
let complaints: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grants-'));
  path = join(folder, 'grants.yaml');
  complaints = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const granting = (user: string): string =>
  `grants:\n  - users: [${user}]\n    namespaces: ['*']\n    may: [check, approve]\n`;
const open = () => grantsFile(path, ({ problem }) => complaints.push(problem));
const toFolder = (): void => {
  rmSync(path);
  mkdirSync(path);
};
const usersOf = (file: ReturnType<typeof open>) => file.current().grants.flatMap(({ users = [] }) => users);

describe('adapters/grants-file', () => {
  it.each`
    format    | content
    ${'YAML'} | ${granting('U0ALICE')}
    ${'JSON'} | ${'{"grants":[{"users":["U0ALICE"],"namespaces":["*"],"may":["check","approve"]}]}'}
  `('reads $format', ({ content }) => {
    writeFileSync(path, content);

    expect(open().current()).toEqual({
      grants: [{ users: ['U0ALICE'], namespaces: ['*'], may: ['check', 'approve'] }],
    });
  });

  it('takes a change over at the next use, without a restart', () => {
    writeFileSync(path, granting('U0ALICE'));
    const file = open();
    expect(usersOf(file)).toEqual(['U0ALICE']);

    writeFileSync(path, granting('U0BOBBY00'));
    expect(usersOf(file)).toEqual(['U0BOBBY00']);

    writeFileSync(path, 'grants: []\n');
    expect(usersOf(file)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('takes over a file of the same size that was moved into its place', () => {
    writeFileSync(path, granting('U0ALICE'));
    const file = open();
    writeFileSync(join(folder, 'next'), granting('U0BOBBY'));

    renameSync(join(folder, 'next'), path);

    expect(usersOf(file)).toEqual(['U0BOBBY']);
  });

  it('follows the swap of a symlink, which is how a ConfigMap changes', () => {
    for (const [version, user] of [
      ['..2026_01', 'U0ALICE'],
      ['..2026_02', 'U0BOBBY'],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'grants.yaml'), granting(user));
    }
    symlinkSync('..2026_01', join(folder, '..data'));
    symlinkSync(join('..data', 'grants.yaml'), path);
    const file = open();
    expect(usersOf(file)).toEqual(['U0ALICE']);

    symlinkSync('..2026_02', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));

    expect(usersOf(file)).toEqual(['U0BOBBY']);
  });

  it.each`
    what                 | ruin                                                                     | words
    ${'no YAML'}         | ${() => writeFileSync(path, 'grants: [')}                                | ${'cannot be read as YAML or JSON'}
    ${'nothing at all'}  | ${() => writeFileSync(path, '')}                                         | ${'GRANTS_FILE'}
    ${'no grants'}       | ${() => writeFileSync(path, 'grants: everybody\n')}                      | ${'GRANTS_FILE'}
    ${'a word too many'} | ${() => writeFileSync(path, `${granting('U0BOB')}    channel: [C0X]\n`)} | ${'channel'}
    ${'gone'}            | ${() => rmSync(path)}                                                    | ${'cannot be read'}
    ${'a folder'}        | ${toFolder}                                                              | ${'cannot be read'}
  `(
    'keeps the last good version while the file is $what, complains once, and takes the repair over',
    ({ ruin, words }) => {
      writeFileSync(path, granting('U0ALICE'));
      const file = open();

      ruin();
      for (let use = 0; use < 3; use += 1) expect(usersOf(file)).toEqual(['U0ALICE']);
      expect(complaints).toEqual([expect.stringContaining(words)]);

      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, granting('U0REPAIRED'));
      expect(usersOf(file)).toEqual(['U0REPAIRED']);
      expect(complaints).toHaveLength(1);
    },
  );

  it('complains again of another broken version', () => {
    writeFileSync(path, granting('U0ALICE'));
    const file = open();

    writeFileSync(path, 'grants: [');
    file.current();
    writeFileSync(path, 'grants: {{');
    file.current();

    expect(complaints).toHaveLength(2);
  });

  it('tries again what it could not take, although the file looks the same', () => {
    writeFileSync(path, granting('U0ALICE'));
    const file = open();
    const [good, at] = [granting('U0BOB'), new Date('2026-01-05T10:00:00.000Z')];
    writeFileSync(path, '['.repeat(good.length));
    utimesSync(path, at, at);
    expect(usersOf(file)).toEqual(['U0ALICE']);

    writeFileSync(path, good);
    utimesSync(path, at, at);

    expect(usersOf(file)).toEqual(['U0BOB']);
    expect(complaints).toHaveLength(1);
  });

  it('goes back to the version before a broken one', () => {
    writeFileSync(path, granting('U0ALICE'));
    const file = open();
    renameSync(path, join(folder, 'aside'));
    expect(usersOf(file)).toEqual(['U0ALICE']);

    renameSync(join(folder, 'aside'), path);

    expect(usersOf(file)).toEqual(['U0ALICE']);
    expect(complaints).toHaveLength(1);
  });

  it.each`
    what         | content
    ${'absent'}  | ${null}
    ${'no YAML'} | ${'grants: ['}
    ${'wrong'}   | ${'grants: [{ users: [alice] }]'}
  `('does not start with a file that is $what', ({ content }) => {
    if (content !== null) writeFileSync(path, content);

    expect(open).toThrow('GRANTS_FILE');
  });
});
