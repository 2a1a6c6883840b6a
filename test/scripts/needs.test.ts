import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
// @ts-expect-error the launcher's table is plain JavaScript, which runs before types exist
import * as table from '../../scripts/needs.mjs';

const { needs, kindOf } = table as {
  needs: { command: string; apt?: string; go?: string; for: string[] }[];
  kindOf: Record<string, string>;
};

describe('scripts/needs', () => {
  it.each(needs)('$command says what brings it and who needs it', ({ apt, go, for: users }) => {
    if (go === undefined) expect(apt).toMatch(/^[a-z0-9][a-z0-9.+-]+$/);
    else expect([apt, go]).toEqual([undefined, expect.stringMatching(/^[\w.-]+(\/[\w.-]+)+@v\d+\.\d+\.\d+$/)]);
    expect(users.length).toBeGreaterThan(0);
    expect(Object.values(kindOf)).toEqual(expect.arrayContaining(users));
  });

  it.each(Object.keys(kindOf))('%s is a script that exists', (script) => {
    expect(existsSync(script)).toBe(true);
  });
});
