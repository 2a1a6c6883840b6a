import { describe, expect, it } from 'vitest';
import { fatal, unseen } from '../../../workers/reads/outcome.ts';
import { refused } from '../../helpers/fake-session.ts';

describe('workers/reads/outcome', () => {
  it.each`
    reason            | code
    ${'absent-api'}   | ${'API_ABSENT'}
    ${'unavailable'}  | ${'TIMED_OUT'}
    ${'forbidden'}    | ${'READ_REFUSED'}
    ${'not-found'}    | ${'READ_REFUSED'}
    ${'throttled'}    | ${'READ_REFUSED'}
    ${'unauthorized'} | ${'READ_REFUSED'}
  `('sees nothing with $code when a read is answered $reason', ({ reason, code }) => {
    expect(unseen('IP pools', refused(reason, 'why'))).toEqual({ status: 'failed', code, detail: 'IP pools: why' });
  });

  it.each`
    reason            | code                     | message
    ${'unavailable'}  | ${'CLUSTER_UNAVAILABLE'} | ${'why'}
    ${'throttled'}    | ${'CLUSTER_UNAVAILABLE'} | ${'why'}
    ${'unauthorized'} | ${'CLUSTER_UNAVAILABLE'} | ${'its API server does not accept our credentials'}
    ${'forbidden'}    | ${'READ_REFUSED'}        | ${'why'}
    ${'invalid'}      | ${'READ_REFUSED'}        | ${'why'}
  `('ends the run with $code for $reason', ({ reason, code, message }) => {
    expect(fatal(refused(reason, 'why'))).toMatchObject({ code, message });
  });
});
