import { describe, expect, it } from 'vitest';
import { createTriggers } from '../../../lab/workspace/triggers.ts';

describe('lab/workspace/triggers', () => {
  it('can be spent for three seconds', () => {
    let clock = 0;
    const triggers = createTriggers(() => clock);
    const [first, second] = [triggers.issue(), triggers.issue()];

    clock = 3_000;
    expect(triggers.spend(first)).toBe('spent');
    clock = 3_001;
    expect(triggers.spend(second)).toBe('expired_trigger_id');
  });
});
