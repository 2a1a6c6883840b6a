import { setTimeout as pause } from 'node:timers/promises';
import type { StepPayload } from '../../src/jobs/remediate.ts';
import { settleJob } from '../../src/jobs/remediate.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import type { Verification } from '../../src/remediation/verification.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';
import type { Turn } from './turn.ts';

export interface VerifyDeps extends DeskDeps {
  reprobe(
    subject: Remediation['subject'],
    destinations: Remediation['destinations'],
    signal: AbortSignal,
  ): Promise<Verification>;
  /** How long enforcement may take to follow the objects: Felix programs asynchronously. */
  readonly settling?: { readonly patienceMs: number; readonly intervalMs: number };
}

/** What a probe must see before there is nothing to wait for. */
const awaited: Readonly<Partial<Record<Remediation['state'], (verification: Verification) => boolean>>> = {
  verifying: ({ ipv6 }) => ipv6.connected > 0,
  reverting: ({ ipv6 }) => ipv6.connected === 0,
  stuck: ({ ipv6 }) => ipv6.connected === 0,
};

/** Runs the failing probe again. It judges nothing: the writer does, from what is stored here. */
export function verifyProcessor(deps: VerifyDeps) {
  const desk = remediationDesk(deps);
  const { remediations, reprobe, settling = { patienceMs: 20_000, intervalMs: 1_000 } } = deps;

  return async ({ remediationId, version, attempt }: StepPayload, { signal }: Turn): Promise<void> => {
    const remediation = await desk.load(remediationId);
    if (!remediation) return;
    const { subject, destinations, state } = remediation;

    if (version === 0) {
      // The baseline of a proposal. Once something was applied it would no longer be one.
      if (state !== 'proposed') return;
      return remediations.saveVerification(remediationId, 0, await reprobe(subject, destinations, signal));
    }

    const isAwaited = awaited[state];
    if (!isAwaited || version !== remediation.version) return;
    const deadline = Date.now() + settling.patienceMs;
    let verification = await reprobe(subject, destinations, signal);
    while (verification.problem === null && !isAwaited(verification) && Date.now() < deadline) {
      await pause(settling.intervalMs, undefined, { signal });
      verification = await reprobe(subject, destinations, signal);
    }
    await remediations.saveVerification(remediationId, version, verification);
    await desk.next(settleJob, remediation, { attempt });
  };
}
