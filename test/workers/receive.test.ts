import { UnrecoverableError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { BotError } from '../../src/errors.ts';
import { applyJob } from '../../src/jobs/remediate.ts';
import { receive } from '../../workers/receive.ts';

const step = { v: 1, remediationId: 'rabcdefghijklmnopqrs', cluster: 'lab', version: 1, attempt: 0 };

describe('workers/receive', () => {
  it('hands a parsed payload to the processor and returns its result', async () => {
    expect(await receive(applyJob, step, async ({ version }) => version + 1)).toBe(2);
  });

  it.each`
    flaw                 | payload
    ${'unknown field'}   | ${{ ...step, evil: true }}
    ${'unknown version'} | ${{ ...step, v: 2 }}
    ${'foreign id'}      | ${{ ...step, remediationId: '../x' }}
    ${'missing cluster'} | ${{ ...step, cluster: undefined }}
    ${'nothing'}         | ${null}
  `('never retries a payload with an $flaw, and runs nothing', async ({ payload }) => {
    let ran = false;
    const run = receive(applyJob, payload, async () => {
      ran = true;
    });

    await expect(run).rejects.toBeInstanceOf(UnrecoverableError);
    expect(ran).toBe(false);
  });

  it.each`
    error                                  | isFinal
    ${new BotError('TARGET_NOT_FOUND')}    | ${true}
    ${new BotError('CLUSTER_UNAVAILABLE')} | ${false}
    ${new Error('a bug')}                  | ${false}
  `('$error.message: final $isFinal', async ({ error, isFinal }) => {
    const thrown = await receive(applyJob, step, () => Promise.reject(error)).catch((caught: unknown) => caught);

    expect(thrown instanceof UnrecoverableError).toBe(isFinal);
  });
});
