import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAudit } from '../../../src/adapters/audit.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import { connectRedis, type RedisConnection } from '../../../src/adapters/redis.ts';
import { auditCommand } from '../../../workers/cli/audit.ts';
import { type OwnRedis, startOwnRedis } from '../../helpers/redis.ts';

describe('workers/cli/audit', () => {
  let server: OwnRedis;
  let connection: RedisConnection;

  beforeAll(async () => {
    server = await startOwnRedis();
    connection = connectRedis({ url: server.url });
    const trail = redisAudit(connection, systemClock);
    for (const action of ['approve', 'revoke']) {
      await trail.record({
        ...{ kind: 'decision', action, actor: 'U0APPROVER', cluster: 'prod', remediationId: 'r1', note: '' },
        ...{ before: null, after: null, manifestHash: null, object: null },
      });
    }
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  async function audit(words: readonly string[], env = { REDIS_URL: server.url }) {
    let [out, err] = ['', ''];
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
      input: (async function* () {})(),
      env,
    };
    return { code: await auditCommand(words, terminal, new AbortController().signal), out, err };
  }

  it('verifies, exports, and finds what was changed', async () => {
    expect(await audit(['verify'])).toMatchObject({ code: 0, out: '{"ok":true,"entries":2}\n' });
    const { out } = await audit(['export']);
    const [first, second] = out.trim().split('\n');
    expect(JSON.parse(second!)).toMatchObject({ seq: 2, action: 'revoke', previous: JSON.parse(first!).hash });

    await connection.redis.lset(`${connection.keyPrefix}:audit`, 0, first!.replace('U0APPROVER', 'U0OTHER'));
    const changed = await audit(['verify']);
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.out)).toMatchObject({ ok: false, seq: 1 });
  });

  it.each`
    words         | env                  | says
    ${[]}         | ${undefined}         | ${'verify or export'}
    ${['delete']} | ${undefined}         | ${'verify or export'}
    ${['verify']} | ${{ REDIS_URL: '' }} | ${'REDIS_URL'}
  `('exits 64 on $words', async ({ words, env, says }) => {
    expect(await audit(words, env)).toMatchObject({ code: 64, out: '', err: expect.stringContaining(says) });
  });
});
