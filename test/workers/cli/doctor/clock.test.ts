import { describe, expect, it } from 'vitest';
import { skewFinding } from '../../../../workers/cli/doctor/clock.ts';

const ahead = (seconds: number) => skewFinding('Redis', async () => new Date(Date.now() + seconds * 1_000));

describe('workers/cli/doctor/clock', () => {
  it.each`
    seconds | state      | says
    ${0}    | ${'ok'}    | ${'Redis and this machine agree about the time, to 0 s.'}
    ${-9}   | ${'ok'}    | ${'Redis and this machine agree about the time, to 9 s.'}
    ${60}   | ${'wrong'} | ${'Redis is 60 s ahead of this machine.'}
    ${-60}  | ${'wrong'} | ${'Redis is 60 s behind this machine.'}
  `('finds $state at $seconds s', async ({ seconds, state, says }) => {
    const finding = await ahead(seconds);

    expect(finding).toMatchObject({ area: 'clock', state, says });
    expect('fix' in finding).toBe(state === 'wrong');
  });

  it('does not take silence for agreement', async () => {
    expect(await skewFinding('The API server', async () => null)).toMatchObject({ state: 'unknown' });
  });
});
