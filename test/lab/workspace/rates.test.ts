import { describe, expect, it } from 'vitest';
import { createRates } from '../../../lab/workspace/rates.ts';

describe('lab/workspace/rates', () => {
  it('allows fifty edits in any minute', () => {
    let clock = 0;
    const rates = createRates(() => clock);
    const edit = () => rates.spend('chat.update', 'C1');

    for (let count = 0; count < 50; count += 1) expect(edit()).toBeUndefined();

    expect(edit()).toBe(60);
    clock = 59_500;
    expect(edit()).toBe(1);
    clock = 60_000;
    expect(edit()).toBeUndefined();
  });

  it('counts posts by channel', () => {
    const rates = createRates(() => 0);
    for (let count = 0; count < 10; count += 1) rates.spend('chat.postMessage', 'C1');

    expect(rates.spend('chat.postMessage', 'C1')).toBe(10);
    expect(rates.spend('chat.postMessage', 'C2')).toBeUndefined();
  });

  it('leaves methods without a published rate alone', () => {
    const rates = createRates(() => 0);

    for (let count = 0; count < 500; count += 1) expect(rates.spend('auth.test')).toBeUndefined();
  });
});
