import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../src/adapters/log.ts';

function logged(detail: Record<string, unknown>): Record<string, unknown> {
  const lines: string[] = [];
  jsonLog('info', { role: 'probe' }, { write: (line) => void lines.push(line) }).info(detail, 'message');
  return JSON.parse(lines[0] ?? '');
}

describe('adapters/log', () => {
  it('writes one JSON object per line, with the fields of its process', () => {
    expect(logged({ jobId: 'j1' })).toMatchObject({ role: 'probe', jobId: 'j1', msg: 'message', level: 30 });
  });

  it('cuts out what holds a secret', () => {
    const line = JSON.stringify(logged({ botToken: 'xoxb-1', config: { decisionKey: 'k', redisUrl: 'redis://:p@h' } }));

    expect(line).not.toMatch(/xoxb-1|"k"|:p@h/);
  });

  it("keeps an error's words and drops what a library hung on it", () => {
    const cause = Object.assign(new Error('ECONNRESET'), { key: 'PRIVATE KEY' });
    const error = Object.assign(new Error('failed', { cause }), { code: 'E1', command: { args: ['xoxb-2'] } });

    const { err } = logged({ err: error });

    expect(err).toMatchObject({ type: 'Error', message: 'failed', code: 'E1', cause: 'Error: ECONNRESET' });
    expect(JSON.stringify(err)).not.toMatch(/xoxb-2|PRIVATE/);
  });
});
