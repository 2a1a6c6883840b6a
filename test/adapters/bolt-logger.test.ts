import { LogLevel } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { boltLogger } from '../../src/adapters/bolt-logger.ts';
import { captureLog } from '../helpers/log.ts';

describe('adapters/bolt-logger', () => {
  it('brings warnings and errors into our log, all their words in one field', () => {
    const { log, lines } = captureLog();
    const logger = boltLogger(log);

    logger.warn('slow', 3);
    logger.error(new Error('lost'));

    expect(lines).toEqual([
      expect.objectContaining({ level: 40, msg: 'slack client warns', detail: 'slow 3' }),
      expect.objectContaining({ level: 50, msg: 'slack client fails', detail: 'Error: lost' }),
    ]);
  });

  it('drops what holds whole payloads, whatever level it is set to', () => {
    const { log, lines } = captureLog();
    const logger = boltLogger(log);
    logger.setLevel(LogLevel.DEBUG);
    logger.setName('bolt');

    logger.debug('payload');
    logger.info('payload');

    expect(lines).toEqual([]);
    expect(logger.getLevel()).toBe(LogLevel.WARN);
  });

  it.each`
    secret               | around
    ${'xoxb-1-fake'}     | ${'invalid_auth for xoxb-1-fake'}
    ${'xoxp-1-fake'}     | ${'xoxe.xoxp-1-fake expired'}
    ${'xapp-1-A0-fake'}  | ${'Bearer xapp-1-A0-fake'}
    ${'0a1b-fake'}       | ${'wss://wss-primary.slack.com/link/?ticket=0a1b-fake&app_id=A0'}
    ${'T0HOME/123/fake'} | ${'POST https://hooks.slack.com/commands/T0HOME/123/fake failed'}
    ${'T0HOME/456/fake'} | ${'POST "https://hooks.slack.com/actions/T0HOME/456/fake" failed'}
  `('cuts $secret out, and leaves the rest', ({ secret, around }) => {
    const { log, lines } = captureLog();

    boltLogger(log).error('failed:', around);
    boltLogger(log).warn(around);

    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(lines[0]?.detail).toMatch(/^failed: .*…/);
  });
});
