import { describe, expect, it } from 'vitest';
import { createTriggers } from '../../../lab/workspace/triggers.ts';

describe('lab/workspace/triggers', () => {
  it('can be spent for three seconds', () => {
    let clock = 0;
    const triggers = createTriggers(() => clock);
    const [first, second] = [triggers.issue('U1'), triggers.issue('U1')];

    clock = 3_000;
    expect(triggers.spend(first)).toEqual({ ok: true, user: 'U1' });
    clock = 3_001;
    expect(triggers.spend(second)).toEqual({ ok: false, error: 'expired_trigger_id' });
  });
});
