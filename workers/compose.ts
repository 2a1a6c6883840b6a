import type { JobDelivery } from '../src/adapters/worker.ts';
import { diagnoseJob } from '../src/jobs/diagnose.ts';
import { applyJob, extendJob, proposeJob, remindJob, revertJob, settleJob, verifyJob } from '../src/jobs/remediate.ts';
import { type ApplyDeps, applyProcessor } from './processors/apply.ts';
import { type DiagnoseDeps, diagnoseProcessor } from './processors/diagnose.ts';
import { type ExtendDeps, extendProcessor } from './processors/extend.ts';
import { type ProposeDeps, proposeProcessor } from './processors/propose.ts';
import { type RemindDeps, remindProcessor } from './processors/remind.ts';
import { type RevertDeps, revertProcessor } from './processors/revert.ts';
import { type SettleDeps, settleProcessor } from './processors/settle.ts';
import { type SweepDeps, type Swept, sweeper } from './processors/sweep.ts';
import type { Turn } from './processors/turn.ts';
import { type VerifyDeps, verifyProcessor } from './processors/verify.ts';
import { receive } from './receive.ts';

export type Handle = (delivery: JobDelivery, signal: AbortSignal) => Promise<unknown>;

export type ProberOutside = DiagnoseDeps & VerifyDeps;
export type WriterOutside = ProposeDeps & ApplyDeps & SettleDeps & ExtendDeps & RemindDeps & RevertDeps & SweepDeps;

/** Everything that a prober does, given the outside world. Opens nothing; tests call it with fakes. */
export function composeProber(outside: ProberOutside): { readonly handle: Handle } {
  const diagnose = diagnoseProcessor(outside);
  const verify = verifyProcessor(outside);

  return {
    async handle({ name, data, ...delivery }, signal) {
      const turn = turnOf(delivery, signal);
      switch (name) {
        case diagnoseJob.name:
          return receive(diagnoseJob, data, (payload) => diagnose(payload, turn));
        case verifyJob.name:
          return receive(verifyJob, data, (payload) => verify(payload, turn));
        default:
          throw new Error(`A prober has no processor for job "${name}"`);
      }
    },
  };
}

/** Everything that a writer does; `sweep` needs only the cluster. */
export function composeWriter(outside: WriterOutside): { readonly handle: Handle; sweep(): Promise<Swept> } {
  const propose = proposeProcessor(outside);
  const steps = [
    { job: applyJob, take: applyProcessor(outside) },
    { job: extendJob, take: extendProcessor(outside) },
    { job: remindJob, take: remindProcessor(outside) },
    { job: settleJob, take: settleProcessor(outside) },
    { job: revertJob, take: revertProcessor(outside) },
  ];

  return {
    async handle({ name, data, ...delivery }, signal) {
      const turn = turnOf(delivery, signal);
      if (name === proposeJob.name) return receive(proposeJob, data, (payload) => propose(payload, turn));
      const step = steps.find(({ job }) => job.name === name);
      if (!step) throw new Error(`A writer has no processor for job "${name}"`);
      return receive(step.job, data, (payload) => step.take(payload, turn));
    },

    sweep: sweeper(outside),
  };
}

function turnOf({ attempt, attempts }: Pick<JobDelivery, 'attempt' | 'attempts'>, signal: AbortSignal): Turn {
  return { signal, isLast: attempt >= attempts };
}
