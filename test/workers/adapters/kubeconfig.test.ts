import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BotError } from '../../../src/errors.ts';
import { hearing, type Listening, read, refusal } from './hearing.ts';

let api: Listening;

beforeEach(async () => {
  api = await hearing();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await api.close();
});

describe('workers/adapters/kubeconfig', () => {
  it('merges several files as kubectl does: the first entry of a name counts, and files may be missing', async () => {
    const first = await api.kubeconfig('first', { user: { token: 'first' } });
    const same = await api.kubeconfig('same', { user: { token: 'shadowed' } });
    const other = await api.kubeconfig('other', { user: { token: 'other' }, name: 'second' });
    const files = [join(api.folder, 'missing'), first, same, other].join(':');

    await read(await api.connect(files));
    await read(await api.connect(files, 'second'));
    await read(await api.connect(`:${other}:${first}`));

    expect(api.heard.map(({ authorization }) => authorization)).toEqual([
      'Bearer first',
      'Bearer other',
      'Bearer other',
    ]);
  });

  it.each`
    situation                  | entries                   | context      | message
    ${'lacks the context'}     | ${{}}                     | ${'staging'} | ${'the kubeconfig has no context named "staging"'}
    ${'lacks its current one'} | ${{ current: 'gone' }}    | ${undefined} | ${'the kubeconfig has no context named "gone"'}
    ${'chooses none'}          | ${{ current: undefined }} | ${undefined} | ${'the kubeconfig names no current context'}
  `('refuses a kubeconfig that $situation', async ({ entries, context, message }) => {
    const error = await refusal(api.connect(await api.kubeconfig('config', entries), context));

    expect(error).toBeInstanceOf(BotError);
    expect(error).toMatchObject({ code: 'CLUSTER_UNAVAILABLE', message });
  });

  it('refuses a context whose cluster is not there', async () => {
    const path = join(api.folder, 'config');
    const context = { cluster: 'gone', user: 'main' };
    const file = { clusters: [], users: [], contexts: [{ name: 'main', context }], 'current-context': 'main' };
    await writeFile(path, JSON.stringify(file));

    expect(await refusal(api.connect(path))).toMatchObject({ message: 'the kubeconfig names no cluster' });
  });

  it.each(['users: [secret-words', 'secret-words', ''])(
    'quotes nothing of a file that is no kubeconfig: "%s"',
    async (text) => {
      const path = join(api.folder, 'config');
      await writeFile(path, text);

      const error = await refusal(api.connect(path));

      expect(error).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret-words');
    },
  );

  it('names the file that is not there', async () => {
    const path = join(api.folder, 'missing');

    expect(await refusal(api.connect(path))).toMatchObject({ message: `the kubeconfig ${path} cannot be read` });
  });

  it('looks in the usual place, and says when there is neither a file nor a service account', async () => {
    vi.stubEnv('HOME', api.folder);
    const absent = await refusal(api.connect());
    await mkdir(join(api.folder, '.kube'));
    await api.kubeconfig('.kube/config', { user: { token: 'of-home' } });
    await read(await api.connect());

    expect(absent).toMatchObject({ code: 'CLUSTER_UNAVAILABLE', message: 'there is no kubeconfig to read' });
    expect(api.heard[0]?.authorization).toBe('Bearer of-home');
  });
});
