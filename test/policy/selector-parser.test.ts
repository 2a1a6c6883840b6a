import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectorOf } from '../../src/policy/selector.ts';
import { type Expression, parseExpression, SelectorError } from '../../src/policy/selector-parser.ts';

const label = fc.constantFrom('app', 'a/b.c-d_e', 'has', 'all', 'in', 'not', 'contains', 'projectcalico.org/name');
const value = fc.stringMatching(/^[^']{0,8}$/);
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ op: fc.constantFrom('all' as const, 'global' as const) }),
  fc.record({ op: fc.constant('has' as const), label }),
  fc.record({ op: fc.constantFrom('==', '!=', 'contains', 'startswith', 'endswith'), label, value }),
  fc.record({ op: fc.constantFrom('in' as const, 'notin' as const), label, values: fc.array(value, { maxLength: 3 }) }),
) as fc.Arbitrary<Expression>;
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    leaf.map((of): Expression => ({ op: 'not', of })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
      )
      .map(([op, of]): Expression => ({ op, of })),
  ),
}));

/** The grammar written out; blanks where they may stand. */
function written(part: Expression, blank: string): string {
  switch (part.op) {
    case 'all':
    case 'global':
      return `${part.op}(${blank})`;
    case 'has':
      return `has(${blank}${part.label}${blank})`;
    case 'in':
    case 'notin':
      return `${part.label} ${part.op}${blank}{${part.values.map((each) => `'${each}'`).join(`${blank},${blank}`)}}`;
    case 'not':
      return `!${blank}${nested(part.of, blank)}`;
    case 'and':
    case 'or':
      return part.of.map((each) => nested(each, blank)).join(`${blank}${part.op === 'and' ? '&&' : '||'}${blank}`);
    default:
      return `${part.label} ${part.op}${blank}'${part.value}'`;
  }
}
const nested = (part: Expression, blank: string) =>
  part.op === 'and' || part.op === 'or' ? `(${blank}${written(part, blank)}${blank})` : written(part, blank);

describe('policy/selector-parser', () => {
  it('reads back every expression that it can be given, however it is spaced', () => {
    fc.assert(
      fc.property(expression, fc.constantFrom('', ' ', '\t', '  '), (tree, blank) => {
        expect(parseExpression(written(tree, blank))).toEqual(tree);
      }),
      { numRuns: 1_000 },
    );
  });

  it('throws nothing but its own error, on whatever text', () => {
    const bits = fc.constantFrom(
      ...["'", '"', '(', ')', '!', '&&', '||', '==', '{', '}', ',', ' ', 'has(', 'app', 'in'],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(bits, { maxLength: 30 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          selectorOf(parseExpression(given))({ app: 'x' });
        } catch (error) {
          expect(error).toBeInstanceOf(SelectorError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '('.repeat(100_000),
    `${'!'.repeat(100_000)}(`,
    `${'('.repeat(5_000)}all()${')'.repeat(5_000)}`,
    `a${' '.repeat(100_000)}b`,
  ])('refuses what is longer than anybody writes, without a fall', (text) => {
    expect(() => parseExpression(text)).toThrow(SelectorError);
  });

  it('takes an even number of negations for none', () => {
    expect(parseExpression(`${'!'.repeat(10_000)}has(a)`)).toEqual({ op: 'has', label: 'a' });
  });

  it.each([
    'has (app)',
    'all ()',
    'global( x )',
    'has()',
    "app == 'a' 'b'",
    "app in{'a'",
    'app not',
    "app starts 'x'",
    'app\n',
    "app == 'a' &",
  ])('refuses %j as Calico does', (text) => {
    expect(() => parseExpression(text)).toThrow(SelectorError);
  });

  it.each([
    "app contains'x'",
    "app startswith'x'",
    "app starts \t with'x'",
    "app notin{'a',}",
    'app not   in {}',
    "has == 'x'",
    "a=='b'&&c!='d'",
  ])('takes %j as Calico does', (text) => {
    expect(() => parseExpression(text)).not.toThrow();
  });
});
