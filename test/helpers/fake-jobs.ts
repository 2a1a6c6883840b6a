import type { JobDefinition } from '../../src/jobs/job.ts';
import type { Jobs } from '../../src/ports.ts';

export interface QueuedJob {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly payload: unknown;
  readonly delayMs: number;
}

export interface FakeJobs extends Jobs {
  /** Waiting, in order; one id waits once, as in BullMQ. */
  readonly waiting: QueuedJob[];
  isDown: boolean;
  take(name?: string): QueuedJob;
}

export function fakeJobs(): FakeJobs {
  const waiting: QueuedJob[] = [];
  const jobs: FakeJobs = {
    waiting,
    isDown: false,
    take(name) {
      const index = waiting.findIndex((job) => name === undefined || job.name === name);
      const [job] = index < 0 ? [] : waiting.splice(index, 1);
      if (!job) throw new Error(`no ${name ?? 'job'} is waiting: ${waiting.map(({ id }) => id).join(', ')}`);
      return job;
    },
    async enqueue<P>(job: JobDefinition<P>, payload: P, { delayMs = 0 }: { delayMs?: number } = {}) {
      if (jobs.isDown) return { ok: false, reason: 'Redis does not answer' };
      const parsed = job.payload.parse(payload);
      const id = job.idOf(parsed);
      const queued = { id, queue: job.queue(parsed), name: job.name, payload: parsed, delayMs };
      if (!waiting.some((other) => other.id === id)) waiting.push(queued);
      return { ok: true };
    },
  };
  return jobs;
}
