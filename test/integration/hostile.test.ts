import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/ports.ts';
import { type HostileClass, hostileClasses } from '../helpers/hostile-classes.ts';
import { type HostileCluster, type Reached, startHostileCluster } from '../helpers/hostile-cluster.ts';
import { asJob } from '../helpers/hostile-jobs.ts';
import { asButton, asCommand, asGrants, asRequest, type Came } from '../helpers/hostile-slack.ts';
import { refusalsOf, tokensIn } from '../helpers/slack-limits.ts';

let cluster: HostileCluster;
let folder: string;

beforeAll(async () => {
  cluster = await startHostileCluster();
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-grants-'));
}, 60_000);

afterAll(async () => {
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

const surfaces: Readonly<Record<string, (each: HostileClass) => Came | Promise<Came | Reached>>> = {
  'the text of a command': asCommand,
  'the value of a button': asButton,
  'a request over HTTP': asRequest,
  'the payload of a job': asJob,
  'the output of a pod': (each) => cluster.asOutput(each),
  'an answer of the API server': (each) => cluster.asAnswer(each),
  'the file of grants': (each) => asGrants(each, join(folder, 'grants')),
};

/** What moves a cursor, hides something, or turns the direction of a line; emoji are held together by a joiner. */
const unprintable =
  /(?![\n\t])\p{Cc}|[\u00ad\u061c\u115f\u1160\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\u3164\ufeff\uffa0]|\p{Cs}/u;

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(textsOf) : [];
}

/** The approver's group is not set here, so that nobody at all may be mentioned. */
function harmsOf(message: Message): string[] {
  const odd = textsOf([message.text, message.blocks]).filter((text) => unprintable.test(text));
  return [...refusalsOf(message), ...tokensIn(message), ...odd.map((text) => JSON.stringify(text))];
}

/** A path of validated names; a command that is one of our scripts, and nothing else to run. */
function strayIn({ asked }: Reached): string[] {
  return asked
    .map(({ path, verb }) => ({ url: new URL(path.replace(/^\/+/, '/'), 'https://x'), path, verb }))
    .filter(({ url, path, verb }) => {
      const [plain = ''] = path.split('?');
      const isPlain = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/.test(plain);
      const isSecret = plain.includes('secrets') || plain.includes('kube-system');
      const [shell, option, script] = url.searchParams.getAll('command');
      const isOurs = verb !== 'exec' || (shell === 'sh' && option === '-c' && (script ?? '').length > 1_000);
      return !isPlain || isSecret || !isOurs;
    })
    .map(({ path }) => path.slice(0, 300));
}

describe('integration/hostile', () => {
  it('has at least forty classes, each of them once', () => {
    expect(hostileClasses.length).toBeGreaterThanOrEqual(40);
    expect(new Set(hostileClasses.map(({ name }) => name)).size).toBe(hostileClasses.length);
  });

  describe.each(Object.keys(surfaces))('%s', (surface) => {
    it.each(hostileClasses)('refuses $name with a sentence, or shows it harmlessly', async (each) => {
      const came = await surfaces[surface]!(each);

      expect(came.shown.flatMap(harmsOf)).toEqual([]);
      expect('asked' in came ? strayIn(came) : []).toEqual([]);
      expect(came.shown.length + came.refused.length).toBeGreaterThan(0);
      expect([...came.refused, ...came.shown.map(({ text }) => text)].filter((text) => text.trim().length < 8)).toEqual(
        [],
      );
    });
  });

  it.each(hostileClasses.filter(({ http }) => http))('turns $name away before anybody reads it', async (each) => {
    const { shown, refused } = await asRequest(each);

    expect(shown).toEqual([]);
    expect(refused).toEqual(['HTTP 401', 'HTTP 401', 'HTTP 401']);
  });
});
