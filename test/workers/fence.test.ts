import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FenceLook, FenceState } from '../../workers/adapters/admission.ts';
import { type Fence, fencedWriter, keepFence } from '../../workers/fence.ts';
import { aRemediation, t0 } from '../helpers/builders.ts';
import { fakeWriter } from '../helpers/fake-writer.ts';
import { captureLog, type TestLog } from '../helpers/log.ts';

const { manifest } = aRemediation();
const api = 'networking.k8s.io/v1 NetworkPolicy';

describe('workers/fence', () => {
  let stop: AbortController;
  let output: TestLog;
  let noted: [string, boolean][];
  let looks: number;
  let answer: () => Promise<readonly FenceLook[]>;

  beforeEach(() => {
    [stop, output, noted, looks] = [new AbortController(), captureLog(), [], 0];
  });
  afterEach(() => stop.abort());

  const saying = (state: FenceState): (() => Promise<readonly FenceLook[]>) => {
    return async () => [{ api, state, detail: 'the words of the API server' }];
  };
  function keep(isRequired: boolean, patience: { everyMs?: number; soonMs?: number } = {}): Fence {
    const look = () => {
      looks += 1;
      return answer();
    };
    const note = (name: string, isFenced: boolean) => void noted.push([name, isFenced]);
    return keepFence({ look, isRequired, signal: stop.signal, log: output.log, note, ...patience });
  }
  const forever = { everyMs: 3_600_000, soonMs: 3_600_000 };

  it.each`
    state          | isRequired | objects
    ${'admission'} | ${true}    | ${false}
    ${'open'}      | ${true}    | ${true}
    ${'rights'}    | ${true}    | ${true}
    ${'otherwise'} | ${true}    | ${true}
    ${'unknown'}   | ${true}    | ${true}
    ${'open'}      | ${false}   | ${false}
    ${'unknown'}   | ${false}   | ${false}
  `('with $state, and required: $isRequired, objects to a policy: $objects', async ({ state, isRequired, objects }) => {
    answer = saying(state);
    const fence = keep(isRequired, forever);
    await expect.poll(() => output.lines.length).toBeGreaterThan(0);

    const objection = fence.objectionTo(manifest);

    if (objects) expect(objection).toMatch(/off here.*was not seen to refuse.*doctor/);
    else expect(objection).toBeNull();
  });

  it('objects before it has looked, and to an API that it did not see', async () => {
    const held = Promise.withResolvers<readonly FenceLook[]>();
    answer = () => held.promise;
    const fence = keep(true, forever);
    expect(fence.objectionTo(manifest)).toContain('has not been asked yet');

    held.resolve(await saying('admission')());

    await expect.poll(() => fence.objectionTo(manifest)).toBeNull();
    expect(fence.objectionTo({ ...manifest, apiVersion: 'projectcalico.org/v3' })).toContain('projectcalico.org/v3');
  });

  it('looks again soon while it is required and down, and from then on at leisure', async () => {
    answer = saying('open');
    const fence = keep(true, { everyMs: 3_600_000, soonMs: 5 });
    await expect.poll(() => looks).toBeGreaterThan(3);

    answer = saying('admission');
    await expect.poll(() => fence.objectionTo(manifest)).toBeNull();
    const settled = looks;
    // As long as another one takes for five looks.
    let others = 0;
    const look = async () => {
      others += 1;
      return saying('open')();
    };
    keepFence({ look, isRequired: true, signal: stop.signal, log: output.log, note() {}, soonMs: 5 });
    await expect.poll(() => others).toBeGreaterThan(5);

    expect(looks).toBe(settled);
  });

  it('notices within its interval that the fence has come down, and says so once', async () => {
    answer = saying('admission');
    const fence = keep(true, { everyMs: 5, soonMs: 5 });
    await expect.poll(() => fence.objectionTo(manifest)).toBeNull();
    answer = saying('open');
    await expect.poll(() => fence.objectionTo(manifest)).not.toBeNull();
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 3);

    expect(output.lines.filter(({ alert }) => alert === true)).toEqual([
      expect.objectContaining({ api, state: 'open', msg: 'admission does not hold this writer' }),
    ]);
    expect(noted.at(0)).toEqual([api, true]);
    expect(noted.at(-1)).toEqual([api, false]);
  });

  it('tells nothing of an API that is not there, and lives through a look that fails', async () => {
    answer = () => Promise.reject(new Error('no cluster'));
    keep(true, { everyMs: 5, soonMs: 5 });
    await expect.poll(() => looks).toBeGreaterThan(1);
    answer = saying('absent');
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 1);

    expect(noted).toEqual([]);
  });

  it('keeps a writer from creating, by a dry run too, and from nothing that ends a policy', async () => {
    const cluster = fakeWriter(t0);
    const { uid } = cluster.put(manifest).metadata;
    const writer = fencedWriter(cluster, { objectionTo: () => 'It is off.' });

    for (const dryRun of [true, false]) {
      expect(await writer.create(aRemediation().manifest, { dryRun })).toEqual({
        ...{ ok: false, reason: 'forbidden', status: 0, message: 'It is off.' },
      });
    }
    expect(cluster.created).toEqual([]);
    expect(await writer.remove(manifest, uid!)).toEqual({ ok: true, value: null });
    expect(await fencedWriter(cluster, { objectionTo: () => null }).create(manifest, { dryRun: false })).toMatchObject({
      ok: true,
    });
  });
});
