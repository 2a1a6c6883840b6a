import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';
import type { Bearer } from '../../src/policy/model.ts';
import { selectingIn } from '../../src/policy/selecting.ts';

const value = fc.constantFrom('x', 'y');
const selector = fc.oneof(
  fc
    .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom('==', '!='), value)
    .map(([key, op, own]) => `${key} ${op} '${own}'`),
  fc.tuple(value, value).map(([app, tier]) => `app == '${app}' && tier == '${tier}'`),
  fc.constantFrom("app == 'x' || tier == 'y'", 'has(app)', "!(app == 'x')", '', 'all()'),
);
const policy = fc.record({
  kind: fc.constantFrom('NetworkPolicy', 'GlobalNetworkPolicy'),
  namespace: fc.constantFrom('a', 'b'),
  order: fc.integer({ min: 1, max: 9 }),
  selector,
  namespaceSelector: fc.constantFrom('', "team == 'x'", "team != 'x'"),
});
const bearer = fc
  .record({
    namespace: fc.option(fc.constantFrom('a', 'b')),
    labels: fc.dictionary(fc.constantFrom('app', 'tier', 'pcns.team'), value),
    unknown: fc.subarray(['pcns.', 'pcsa.', 'app', '']),
  })
  .map((made): Bearer => made);

describe('policy/selecting', () => {
  it('finds by its shelves whom asking every policy finds, in the same order', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 20 }), bearer, (policies, who) => {
        const objects = policies.map(({ kind, namespace, namespaceSelector, ...spec }, index) => {
          const isGlobal = kind === 'GlobalNetworkPolicy';
          return {
            apiVersion: 'projectcalico.org/v3',
            kind,
            metadata: { name: `p${index}`, ...(isGlobal ? {} : { namespace }) },
            spec: { ...spec, types: ['Egress'], ...(isGlobal ? { namespaceSelector } : {}) },
          };
        });
        const read = { objects, namespaces: [], serviceAccounts: [], unread: [], notUnderstood: [] };
        for (const tier of compilePolicies(read).tiers) {
          const asked = tier.policies.flatMap((each) => {
            const selection = each.selects(who);
            return selection === 'no' ? [] : [{ policy: each, doubt: selection === 'yes' ? null : selection.doubt }];
          });
          expect(selectingIn(tier, who)).toEqual(asked);
          found += asked.length;
        }
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(500);
  });
});
