import { beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/diagnosis/report.ts';
import { BotError } from '../../../src/errors.ts';
import type { DiagnosePayload } from '../../../src/jobs/diagnose.ts';
import { verdictCard } from '../../../src/slack/views/card.ts';
import { diagnoseProcessor } from '../../../workers/processors/diagnose.ts';
import { aReport } from '../../helpers/builders.ts';
import { type FakeRuns, fakeRuns } from '../../helpers/fake-store.ts';
import { type FakeThreads, fakeThreads } from '../../helpers/fake-threads.ts';
import { captureLog } from '../../helpers/log.ts';

describe('workers/processors/diagnose', () => {
  const report = aReport();
  const verdict = verdictCard(report, { requestedBy: 'U1' }).text;
  const payload: DiagnosePayload = {
    ...{ v: 1, requestId: report.id, cluster: 'lab', destination: null, team: 'T1', channel: 'C1', requestedBy: 'U1' },
    target: { kind: 'pod', namespace: 'shop', name: 'checkout' },
  };
  let threads: FakeThreads;
  let runs: FakeRuns;
  let diagnosed: number;
  let answer: () => Promise<Report>;

  beforeEach(async () => {
    [threads, runs, diagnosed] = [fakeThreads(), fakeRuns(), 0];
    answer = async () => report;
    const run = { id: report.id, channel: 'C1', requestedBy: 'U1', responseUrl: 'https://hooks.test/1' };
    await runs.save({ ...run, cardTs: null, replies: {} });
  });

  function run({ isLast = false, signal = new AbortController().signal } = {}) {
    const process = diagnoseProcessor({
      ...{ threads, runs, log: captureLog().log, persistence: { patienceMs: 50, intervalMs: 5 } },
      diagnose: () => {
        diagnosed += 1;
        return answer();
      },
    });
    return process(payload, { signal, isLast });
  }

  it('posts one card, turns it into the verdict, and adds two replies', async () => {
    await run();

    const [card, ...replies] = threads.shown;
    expect(card).toMatchObject({ text: verdict, edits: 1, threadTs: null });
    expect(replies.map(({ threadTs }) => threadTs)).toEqual([card?.ts, card?.ts]);
    expect(runs.reports.get(report.id)).toEqual(report);
    expect(runs.runs.get(report.id)).toMatchObject({
      cardTs: card?.ts,
      replies: { broken: replies[0]?.ts, passed: replies[1]?.ts },
    });
  });

  it('notes the card before it looks at the cluster', async () => {
    answer = async () => {
      expect(runs.runs.get(report.id)?.cardTs).toBe(threads.shown[0]?.ts);
      return report;
    };
    await run();
    expect(diagnosed).toBe(1);
  });

  it.each([1, 2, 3, 4])('repeats nothing when it is killed at its note number %i and runs again', async (fatal) => {
    const { save, saveReport } = runs;
    let notes = 0;
    const dying =
      <A extends unknown[]>(write: (...args: A) => Promise<void>) =>
      async (...args: A) => {
        await write(...args);
        notes += 1;
        if (notes === fatal) throw new Error('killed');
      };
    Object.assign(runs, { save: dying(save), saveReport: dying(saveReport) });
    await expect(run()).rejects.toThrow('killed');
    Object.assign(runs, { save, saveReport });

    await run();

    expect(threads.shown).toHaveLength(3);
    expect(new Set(threads.shown.map(({ text }) => text)).size).toBe(3);
    expect(threads.shown[0]?.text).toBe(verdict);
  });

  it('does not probe again when the report is there already', async () => {
    await run();
    await run();

    expect(diagnosed).toBe(1);
    expect(threads.shown).toHaveLength(3);
  });

  it.each`
    reason                 | line
    ${'not_in_channel'}    | ${'/invite @ipv6check'}
    ${'channel_not_found'} | ${'/invite @ipv6check'}
    ${'is_archived'}       | ${'archived'}
  `('brings the verdict to the person when the channel is closed: $reason', async ({ reason, line }) => {
    threads.fail('post', reason, 9);
    await run();

    expect(threads.shown).toEqual([]);
    expect(threads.told).toHaveLength(1);
    expect(threads.told[0]).toMatchObject({ user: 'U1', responseUrl: 'https://hooks.test/1' });
    expect(threads.told[0]?.text).toContain(verdict);
    expect(threads.told[0]?.text).toContain(line);
  });

  it('brings the verdict to the person when the card was deleted meanwhile', async () => {
    answer = async () => {
      threads.shown.length = 0;
      return report;
    };
    await run();

    expect(threads.told[0]?.text).toContain(verdict);
    expect(threads.told[0]?.text).toContain('deleted');
  });

  it('posts the verdict as its first card when Slack could not take the first one', async () => {
    threads.fail('post', 'rate_limited');
    await run();

    expect(threads.shown[0]?.text).toBe(verdict);
    expect(threads.shown).toHaveLength(3);
  });

  it('tries again while Slack is away, without a second look at the cluster', async () => {
    threads.fail('update', 'unreachable');
    await expect(run()).rejects.toThrow('Slack');

    await run();

    expect(diagnosed).toBe(1);
    expect(threads.shown).toHaveLength(3);
  });

  it('says on the card and to the person what was wrong with the request', async () => {
    answer = () => Promise.reject(new BotError('TARGET_AMBIGUOUS', 'checkout-1, checkout-2'));
    await run();

    expect(threads.shown).toHaveLength(1);
    for (const text of [threads.shown[0]?.text, threads.told[0]?.text]) {
      expect(text).toContain('Several pods have that prefix');
      expect(text).toContain('checkout-1, checkout-2');
    }
  });

  it('says it once to the person where the card cannot be shown', async () => {
    threads.fail('post', 'not_in_channel', 9);
    answer = () => Promise.reject(new BotError('TARGET_NOT_FOUND'));
    await run();

    expect(threads.told).toHaveLength(1);
    expect(threads.told[0]?.text).toContain('No pod or workload has that name');
  });

  it('tries a reply again that Slack did not take, and repeats none that it took', async () => {
    const post = threads.post;
    let posts = 0;
    threads.post = async (place, message) => {
      posts += 1;
      return posts === 3 ? { ok: false, reason: 'rate_limited', detail: 'wait' } : post(place, message);
    };
    await expect(run()).rejects.toThrow('Slack');
    await run();

    expect(threads.shown).toHaveLength(3);
    expect(new Set(threads.shown.map(({ text }) => text)).size).toBe(3);
  });

  it.each`
    failure                                         | sentence
    ${new BotError('CLUSTER_UNAVAILABLE')}          | ${'The Kubernetes API does not answer'}
    ${new TypeError('undefined is not a function')} | ${'The check failed'}
  `('tries again on "$failure.message", and tells the person after the last attempt', async ({ failure, sentence }) => {
    answer = () => Promise.reject(failure);
    await expect(run()).rejects.toThrow(failure);
    expect(threads.told).toEqual([]);

    await run({ isLast: true });

    expect(threads.shown).toHaveLength(1);
    expect(threads.shown[0]?.text).toContain(sentence);
    expect(threads.told[0]?.text).toContain(sentence);
    expect(threads.told[0]?.text).not.toContain('undefined is not');
  });

  it('says nothing when it is stopped: another process takes the job', async () => {
    const stop = new AbortController();
    answer = async () => {
      stop.abort();
      throw new BotError('CLUSTER_UNAVAILABLE');
    };

    await expect(run({ isLast: true, signal: stop.signal })).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });

    expect(threads.told).toEqual([]);
    expect(threads.shown[0]?.edits).toBe(0);
  });

  it('shows the verdict even when Redis is gone meanwhile', async () => {
    answer = async () => {
      const gone = () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));
      Object.assign(runs, { save: gone, saveReport: gone });
      return report;
    };
    await run();

    expect(threads.shown[0]?.text).toBe(verdict);
  });
});
