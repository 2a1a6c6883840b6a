import { describe, expect, it } from 'vitest';
import { resolveName } from '../../../workers/adapters/names.ts';

describe('workers/adapters/names', () => {
  it('asks for one family at a time', async () => {
    expect(await resolveName('127.0.0.1', 4)).toEqual(['127.0.0.1']);
    expect(await resolveName('::1', 6)).toEqual(['::1']);
  });

  it('knows no address of a name that nobody has', async () => {
    // RFC 6761: no resolver knows a name below "invalid"; one that does not answer at all throws.
    const answer = await resolveName('nobody.invalid', 6).catch(() => []);

    expect(answer).toEqual([]);
  });
});
