import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../lab/workspace/changes.ts';

describe('lab/workspace/changes', () => {
  it('resolves with what the predicate found, at once or after a change', async () => {
    const changes = createChanges(() => '');
    let found: string | undefined;
    const waiting = changes.waitFor(() => found);

    found = 'card';
    changes.announce();

    expect(await waiting).toBe('card');
    expect(await changes.waitFor(() => found)).toBe('card');
  });

  it('shows the workspace when nothing came', async () => {
    const changes = createChanges(() => '#incidents: nothing');

    await expect(changes.waitFor(() => false, 10)).rejects.toThrow('#incidents: nothing');
  });

  it('passes on what the predicate throws, and ends with the workspace', async () => {
    const changes = createChanges(() => '');
    const broken = changes.waitFor(() => {
      throw new Error('no such channel');
    });
    const abandoned = changes.waitFor(() => false);
    const ended = expect(abandoned).rejects.toThrow('closed');

    await expect(broken).rejects.toThrow('no such channel');
    changes.close();
    await ended;
  });
});
