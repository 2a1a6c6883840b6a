import { BotError } from '../../src/errors.ts';
import { type Failure, failed } from '../../src/evidence/observation.ts';
import type { ReadOutcome } from '../../src/ports.ts';

export type Refused = Extract<ReadOutcome<never>, { ok: false }>;

/** A read that did not work, as evidence: why this was not seen. */
export function unseen(what: string, { reason, message }: Refused): Failure {
  const code = reason === 'absent-api' ? 'API_ABSENT' : reason === 'unavailable' ? 'TIMED_OUT' : 'READ_REFUSED';
  return failed(code, `${what}: ${message}`);
}

/** A read without which there is nothing to answer. */
export function fatal({ reason, message }: Refused): BotError {
  switch (reason) {
    case 'unavailable':
    case 'throttled':
      return new BotError('CLUSTER_UNAVAILABLE', message);
    case 'unauthorized':
      return new BotError('CLUSTER_UNAVAILABLE', 'its API server does not accept our credentials');
    default:
      return new BotError('READ_REFUSED', message);
  }
}
