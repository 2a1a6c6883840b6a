import { UnrecoverableError } from 'bullmq';
import { z } from 'zod';
import { BotError } from '../src/errors.ts';
import type { JobDefinition } from '../src/jobs/job.ts';

/** The seam between BullMQ and a processor: parse first, and let only retryable failures be retried. */
export async function receive<P, R>(
  job: JobDefinition<P>,
  raw: unknown,
  process: (payload: P) => Promise<R>,
): Promise<R> {
  const parsed = job.payload.safeParse(raw);
  if (!parsed.success) throw new UnrecoverableError(`${job.name}: ${z.prettifyError(parsed.error)}`);

  try {
    return await process(parsed.data);
  } catch (error) {
    if (error instanceof BotError && !error.retry) throw new UnrecoverableError(`${error.code}: ${error.message}`);
    throw error;
  }
}
