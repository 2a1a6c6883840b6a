import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../src/policy/selector.ts';

const labels = { app: 'web', 'example.org/tier': 'front-end' };

describe('policy/selector', () => {
  it.each`
    text                                               | selects
    ${''}                                              | ${true}
    ${'all()'}                                         | ${true}
    ${"app == 'web'"}                                  | ${true}
    ${'app == "db"'}                                   | ${false}
    ${"app != 'db'"}                                   | ${true}
    ${"missing != 'x'"}                                | ${true}
    ${"missing == ''"}                                 | ${false}
    ${'has(app)'}                                      | ${true}
    ${'!has(app)'}                                     | ${false}
    ${"app in {'web', 'db'}"}                          | ${true}
    ${"missing in {'web'}"}                            | ${false}
    ${"missing not in {'web'}"}                        | ${true}
    ${"app notin {'web'}"}                             | ${false}
    ${"example.org/tier contains 'end'"}               | ${true}
    ${"example.org/tier starts with 'front'"}          | ${true}
    ${"example.org/tier endswith 'front'"}             | ${false}
    ${"app == 'web' && has(missing) || all()"}         | ${true}
    ${"app == 'web' && (has(missing) || app == 'db')"} | ${false}
    ${'!!has(app)'}                                    | ${true}
    ${'global()'}                                      | ${true}
  `('"$text" → $selects', ({ text, selects }) => {
    expect(parseSelector(text)(labels)).toBe(selects);
  });

  it.each([
    "app = 'web'",
    'app ==',
    "app == 'web' &&",
    "(app == 'web'",
    'has(app',
    "app == 'a'\n&& has(b)",
    'none()',
    "'web' == app",
    "app in {'a'",
  ])('refuses %j', (text) => {
    expect(() => parseSelector(text)).toThrow('cannot be read');
  });
});
