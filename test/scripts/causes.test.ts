import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causesPage } from '../../scripts/causes.ts';
import { causes } from '../../src/diagnosis/causes.ts';

describe('scripts/causes', () => {
  it('has made the page from the code as it is', () => {
    expect(readFileSync('docs/causes.md', 'utf8')).toBe(causesPage());
  });

  it.each(Object.keys(causes))('%s is in the table once, with a page that explains it', (cause) => {
    const rows = causesPage()
      .split('\n')
      .filter((row) => row.includes(`\`${cause}\``));

    expect(rows).toHaveLength(1);
    const [, page = ''] = /\]\((checks\/[a-z-]+\.md)\)/.exec(rows[0] ?? '') ?? [];
    expect(readFileSync(`docs/${page}`, 'utf8')).toContain(`\`${cause}\``);
  });
});
