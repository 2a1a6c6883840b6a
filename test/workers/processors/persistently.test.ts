import { describe, expect, it } from 'vitest';
import { BotError } from '../../../src/errors.ts';
import { persistently } from '../../../workers/processors/persistently.ts';

const brief = { patienceMs: 100, intervalMs: 5 };

describe('workers/processors/persistently', () => {
  it('repeats a write until Redis answers', async () => {
    let tries = 0;
    const write = async (): Promise<void> => {
      tries += 1;
      if (tries < 3) throw new BotError('REDIS_UNAVAILABLE');
    };

    expect(await persistently(write, brief)).toBe(true);
    expect(tries).toBe(3);
  });

  it('gives up when Redis stays away, and never on another error', async () => {
    expect(await persistently(() => Promise.reject(new BotError('REDIS_UNAVAILABLE')), brief)).toBe(false);
    await expect(persistently(() => Promise.reject(new TypeError('a bug')), brief)).rejects.toThrow('a bug');
  });
});
