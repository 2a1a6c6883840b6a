import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Monitor, monitor, wordsOf } from '../../../scripts/chaos/monitor.ts';
import { type OwnRedis, startOwnRedis } from '../../helpers/redis.ts';

describe('scripts/chaos/monitor', () => {
  it.each`
    line                                               | words
    ${'+1.2 [0 127.0.0.1:5] "get" "a key"'}            | ${['get', 'a key']}
    ${String.raw`+1.2 [0 lua] "set" "a\"b\\c" "\x1b"`} | ${['set', 'a"b\\c', '\u001b']}
    ${String.raw`+1.2 [0 x] "eval" "one\r\n\ttwo" ""`} | ${['eval', 'one\r\n\ttwo', '']}
    ${'+OK'}                                           | ${null}
    ${'-NOAUTH Authentication required.'}              | ${null}
  `('reads $words in $line', ({ line, words }) => {
    expect(wordsOf(line)).toEqual(words);
  });

  describe('of a real Redis', () => {
    let redis: OwnRedis;
    let client: Redis;
    let listening: Monitor;

    beforeEach(async () => {
      redis = await startOwnRedis();
      client = new Redis(redis.url);
    });
    afterEach(async () => {
      listening.close();
      client.disconnect();
      await redis.stop();
    });

    it('hears what others ask, whole and in order, and survives its death', async () => {
      const heard: (readonly string[])[] = [];
      listening = await monitor(redis.url, (words) => heard.push(words));
      const long = JSON.stringify({ text: '"\\\n'.repeat(40_000) });
      await client.set('first', long);
      await client.get('second');
      await expect.poll(() => heard.length).toBeGreaterThanOrEqual(2);
      client.on('error', () => {});
      await redis.kill();

      expect(heard.filter(([name]) => name === 'set' || name === 'get')).toEqual([
        ['set', 'first', long],
        ['get', 'second'],
      ]);
    });
  });
});
