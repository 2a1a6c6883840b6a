import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grant, Grants, groupsIn, mayApprove, mayCheck, mayOverride } from '../../src/remediation/grants.ts';

const who = { user: 'U0ALICE', groups: [], channel: 'C0HERE', cluster: 'lab', namespace: 'shop' };
const aGrant = (over: Partial<Grant> = {}): Grant => ({
  ...{ users: ['U0ALICE'], namespaces: ['shop'], may: ['check', 'approve', 'approve-override'] },
  ...over,
});
const grants = (...given: Grant[]): Grants => ({ grants: given });

const rights = [
  { right: 'check', judge: mayCheck },
  { right: 'approve', judge: mayApprove },
  { right: 'approve-override', judge: mayOverride },
] as const;

describe('remediation/grants', () => {
  describe.each(rights)('$right', ({ right, judge }) => {
    it('is given by a grant that names person, right and namespace', () => {
      expect(judge(grants(aGrant({ may: [right] })), who)).toEqual({ ok: true });
    });

    it('is not given by any other right', () => {
      const others = rights.map((each) => each.right).filter((each) => each !== right);

      expect(judge(grants(aGrant({ may: others })), who)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('You have no grant'),
      });
    });

    it.each`
      empty               | given
      ${'the whole list'} | ${[]}
      ${'users'}          | ${[aGrant({ users: [] })]}
      ${'groups'}         | ${[{ userGroups: [], namespaces: ['*'], may: ['check', 'approve'] }]}
      ${'namespaces'}     | ${[aGrant({ namespaces: [] })]}
      ${'clusters'}       | ${[aGrant({ clusters: [] })]}
      ${'channels'}       | ${[aGrant({ channels: [] })]}
      ${'rights'}         | ${[aGrant({ may: [] })]}
    `('is nobody’s where $empty is empty', ({ given }) => {
      expect(judge({ grants: given }, who).ok).toBe(false);
    });

    it('is confined by a channel, and never given by one', () => {
      const channels = ['C0HERE'];

      expect(judge(grants(aGrant({ channels })), who).ok).toBe(true);
      expect(judge(grants(aGrant({ channels })), { ...who, channel: 'C0OTHER' })).toMatchObject({
        ok: false,
        reason: expect.stringContaining('for other channels'),
      });
      expect(judge(grants(aGrant({ channels })), { ...who, user: 'U0BOB' }).ok).toBe(false);
      expect(judge(grants(aGrant({ channels, users: [] })), who).ok).toBe(false);
    });

    it('does not add one grant’s channel to another’s namespace', () => {
      const apart = grants(aGrant({ channels: ['C0OTHER'] }), aGrant({ channels: ['C0HERE'], namespaces: ['pay'] }));

      expect(judge(apart, who).ok).toBe(false);
    });
  });

  it('takes a group that the person was found in, and no other', () => {
    const given = grants(aGrant({ users: [], userGroups: ['S0NET'] }));

    expect(mayCheck(given, { ...who, groups: ['S0NET'] }).ok).toBe(true);
    expect(mayCheck(given, { ...who, groups: ['S0OTHER'] }).ok).toBe(false);
    expect(mayCheck(given, { ...who, user: 'S0NET' }).ok).toBe(false);
  });

  it.each`
    pattern          | namespace        | isCovered
    ${'*'}           | ${'shop'}        | ${true}
    ${'shop'}        | ${'shop'}        | ${true}
    ${'shop'}        | ${'shop-eu'}     | ${false}
    ${'shop'}        | ${'my-shop'}     | ${false}
    ${'shop-*'}      | ${'shop-eu'}     | ${true}
    ${'shop-*'}      | ${'shop'}        | ${false}
    ${'*-eu'}        | ${'shop-eu'}     | ${false}
    ${'s.op'}        | ${'shop'}        | ${false}
    ${'shop|pay'}    | ${'pay'}         | ${false}
    ${'constructor'} | ${'toString'}    | ${false}
    ${'constructor'} | ${'constructor'} | ${true}
    ${'__proto__'}   | ${'shop'}        | ${false}
  `(
    'reads namespace pattern $pattern for $namespace as $isCovered, and clusters alike',
    ({ pattern, namespace, isCovered }) => {
      expect(mayCheck(grants(aGrant({ namespaces: [pattern] })), { ...who, namespace }).ok).toBe(isCovered);

      const elsewhere = { ...who, cluster: namespace };
      expect(mayCheck(grants(aGrant({ clusters: [pattern] })), elsewhere).ok).toBe(isCovered);
    },
  );

  it('says what is missing, and who can give it', () => {
    const { reason } = mayApprove(grants(aGrant({ namespaces: ['pay'] })), who) as { reason: string }; // refused

    expect(reason).toBe(
      'Your grants to decide about temporary policies do not cover namespace shop of cluster lab. Whoever keeps the grants file can add it.',
    );
  });

  it('never allows somebody whom no grant names, whatever else the grants say', () => {
    const name = fc.constantFrom('*', 'shop', 'C0HERE', 'lab', 'shop-*');
    const given = fc.record({
      users: fc.array(fc.constantFrom('U0BOB', 'U0ALICEX', '*', '')),
      userGroups: fc.array(fc.constantFrom('S0NET', '*')),
      namespaces: fc.array(name),
      clusters: fc.array(name),
      channels: fc.array(name),
      may: fc.constant(['check', 'approve', 'approve-override'] as const).map((may) => [...may]),
    });

    fc.assert(
      fc.property(fc.array(given), (all) => {
        for (const { judge } of rights) expect(judge({ grants: all }, who).ok).toBe(false);
      }),
    );
  });

  it('names each group once, and of one right alone where that is asked for', () => {
    const given = grants(
      aGrant({ userGroups: ['S0A', 'S0B'], may: ['check'] }),
      aGrant({ userGroups: ['S0B', 'S0C'], may: ['approve'] }),
    );

    expect(groupsIn(given)).toEqual(['S0A', 'S0B', 'S0C']);
    expect(groupsIn(given, 'approve')).toEqual(['S0B', 'S0C']);
    expect(groupsIn(given, 'approve-override')).toEqual([]);
  });

  describe('as a file', () => {
    it.each`
      what                            | grant
      ${'names nobody'}               | ${{ namespaces: ['*'], may: ['check'] }}
      ${'has a word too many'}        | ${{ ...aGrant(), channel: ['C0HERE'] }}
      ${'has a right of its own'}     | ${{ ...aGrant(), may: ['everything'] }}
      ${'names a person by name'}     | ${{ ...aGrant(), users: ['alice'] }}
      ${'names everybody'}            | ${{ ...aGrant(), users: ['*'] }}
      ${'names a group by handle'}    | ${{ ...aGrant(), userGroups: ['@net'] }}
      ${'names a channel by pattern'} | ${{ ...aGrant(), channels: ['*'] }}
      ${'has an empty name'}          | ${{ ...aGrant(), namespaces: [''] }}
      ${'leaves the namespaces out'}  | ${{ users: ['U0ALICE'], may: ['check'] }}
      ${'leaves the rights out'}      | ${{ users: ['U0ALICE'], namespaces: ['*'] }}
    `('is refused when a grant $what', ({ grant }) => {
      expect(Grants.safeParse({ grants: [grant] }).success).toBe(false);
    });

    it('is taken with users, groups or both', () => {
      expect(Grant.safeParse(aGrant()).success).toBe(true);
      expect(Grant.safeParse({ userGroups: ['S0NET'], namespaces: ['*'], may: [] }).success).toBe(true);
    });
  });
});
