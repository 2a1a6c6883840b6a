import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelSelectorOf } from '../../src/policy/label-selector-of.ts';
import { labelSelector } from '../../src/policy/labels.ts';
import { parseSelector } from '../../src/policy/selector.ts';

const value = fc.constantFrom('web', 'db', '');
const label = fc.constantFrom('app', 'tier', 'example.org/team');
const part = fc.oneof(
  fc.tuple(label, fc.constantFrom('==', '!='), value).map(([key, sign, text]) => `${key} ${sign} '${text}'`),
  fc.tuple(label, fc.constantFrom('in', 'not in'), value).map(([key, op, text]) => `${key} ${op} {'${text}', 'x'}`),
  fc.tuple(fc.constantFrom('', '!'), label).map(([not, key]) => `${not}has(${key})`),
  fc.constantFrom('all()', "projectcalico.org/namespace == 'shop'"),
);
const labels = fc.dictionary(label, fc.oneof(value, fc.constant('x')));

describe('policy/label-selector-of', () => {
  it('selects the same pods of the namespace in both languages', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), labels, (parts, own) => {
        const text = parts.join(' && ');
        const said = labelSelectorOf(text, 'shop');
        fc.pre(said !== null);
        const selects = labelSelector({ ...said })!;
        expect(selects(own)).toBe(parseSelector(text)({ ...own, 'projectcalico.org/namespace': 'shop' }));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    "app == 'a' || app == 'b'",
    "app contains 'a'",
    "!(app == 'a')",
    "app == 'a' && app == 'b'",
    "projectcalico.org/namespace == 'other'",
    "pcns.team == 'web'",
    'app =',
    'app in {}',
  ])('has no words for %j', (text) => {
    expect(labelSelectorOf(text, 'shop')).toBeNull();
  });

  it('takes no selector for every pod', () => {
    expect(labelSelectorOf('', 'shop')).toEqual({ matchLabels: {}, matchExpressions: [] });
  });
});
