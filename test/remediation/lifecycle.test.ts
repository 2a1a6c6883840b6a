import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  type EventName,
  extendedEnd,
  isFinal,
  Remediation,
  type State,
} from '../../src/remediation/lifecycle.ts';
import { aRemediation, t0 } from '../helpers/builders.ts';

const events = [
  ...['approve', 'reject', 'lapse', 'applied', 'failed', 'refused', 'proved', 'disproved', 'expire', 'revoke'],
  ...['extend', 'reverted', 'stick'],
] as EventName[];

/** The table once more, as product.md draws it: a change here is a change of what is promised. */
const table: Readonly<Record<State, Partial<Record<EventName, State>>>> = {
  proposed: { approve: 'approved', reject: 'rejected', lapse: 'lapsed' },
  approved: { applied: 'verifying', failed: 'reverting', refused: 'failed', revoke: 'reverting', lapse: 'reverting' },
  verifying: { proved: 'active', disproved: 'reverting', expire: 'reverting', revoke: 'reverting' },
  active: { extend: 'active', revoke: 'reverting', expire: 'reverting' },
  reverting: { reverted: 'reverted', stick: 'stuck' },
  stuck: { reverted: 'reverted' },
  rejected: {},
  lapsed: {},
  failed: {},
  reverted: {},
};
const states = Object.keys(table) as State[];
const cells = states.flatMap((state) => events.map((event) => ({ state, event, target: table[state][event] ?? null })));

describe('remediation/lifecycle', () => {
  it('has no state that the table does not know', () => {
    expect(Remediation.shape.state.options.toSorted()).toEqual(states.toSorted());
  });

  it.each(cells)('$state, $event: $target', ({ state, event, target }) => {
    const step = advance(aRemediation({ state }), event, 'U0OTHER', t0);

    expect(step.ok ? step.next.state : step.refusal).toBe(target ?? 'not-in-this-state');
  });

  it('adds one line to the log and one to the version, and changes nothing else and nothing in place', () => {
    const current = aRemediation({ version: 4, state: 'active', log: [] });
    const before = structuredClone(current);

    const step = advance(current, 'revoke', 'U0OTHER', t0, 'enough');

    expect(step).toEqual({
      ok: true,
      next: {
        ...{ ...before, state: 'reverting', version: 5 },
        log: [{ event: 'revoke', by: 'U0OTHER', at: t0.toISOString(), note: 'enough' }],
      },
    });
    expect(current).toEqual(before);
  });

  it.each`
    by             | refusal
    ${'U0ASKER'}   | ${'own-request'}
    ${'U0CHECKER'} | ${'own-check'}
  `('lets $by approve nothing: $refusal', ({ by, refusal }) => {
    expect(advance(aRemediation(), 'approve', by, t0)).toEqual({ ok: false, refusal });
  });

  it('lets who asked and who checked reject and revoke', () => {
    for (const by of ['U0ASKER', 'U0CHECKER']) {
      expect(advance(aRemediation(), 'reject', by, t0).ok).toBe(true);
      expect(advance(aRemediation({ state: 'active' }), 'revoke', by, t0).ok).toBe(true);
    }
  });

  it('takes an approval until the moment it lapses, and not at it', () => {
    const current = aRemediation();
    const end = new Date(current.lapsesAt).getTime();

    expect(advance(current, 'approve', 'U0OTHER', new Date(end - 1)).ok).toBe(true);
    expect(advance(current, 'approve', 'U0OTHER', new Date(end))).toEqual({ ok: false, refusal: 'lapsed' });
  });

  it.each(states)('%s is final exactly when nothing can happen in it', (state) => {
    expect(isFinal(state)).toBe(Object.keys(table[state]).length === 0);
  });

  describe('through any life', () => {
    const step = fc.record({ event: fc.constantFrom(...events), by: fc.constantFrom('U0ASKER', 'U0OTHER', 'writer') });
    const life = fc.array(step, { maxLength: 40 });

    /** Every record that the steps lead through; what is refused leaves the last one as it is. */
    function livedBy(steps: readonly { readonly event: EventName; readonly by: string }[]): Remediation[] {
      const lived = [aRemediation()];
      for (const { event, by } of steps) {
        const taken = advance(lived.at(-1)!, event, by, t0);
        if (taken.ok) lived.push(taken.next);
      }
      return lived;
    }

    it('counts versions by one, keeps the log, and stays a record that the store can read', () => {
      fc.assert(
        fc.property(life, (steps) => {
          const lived = livedBy(steps);
          for (const [index, record] of lived.entries()) {
            expect(record.version).toBe(index);
            expect(record.log).toHaveLength(index);
            expect(record.log.slice(0, -1)).toEqual(lived[index - 1]?.log ?? []);
            expect(Remediation.safeParse(record).success).toBe(true);
          }
        }),
      );
    });

    it('never stands without an approval of another person than who asked', () => {
      fc.assert(
        fc.property(life, (steps) => {
          const { state, log } = livedBy(steps).at(-1)!;
          if (!['approved', 'verifying', 'active', 'reverting', 'stuck', 'reverted', 'failed'].includes(state)) return;

          expect(log.filter(({ event }) => event === 'approve')).toHaveLength(1);
          expect(log.find(({ event }) => event === 'approve')?.by).not.toBe('U0ASKER');
        }),
      );
    });

    it('comes back from no final state, and ends no policy that stood without a revert', () => {
      fc.assert(
        fc.property(life, (steps) => {
          const lived = livedBy(steps);
          const path = lived.map(({ state }) => state);
          expect(path.slice(0, -1).filter(isFinal)).toEqual([]);
          if (path.includes('active') && isFinal(path.at(-1)!)) expect(path).toContain('reverting');
        }),
      );
    });
  });

  it.each`
    expiresAt | ttl   | maximum | end
    ${30}     | ${30} | ${240}  | ${60}
    ${30}     | ${60} | ${61}   | ${60}
    ${30}     | ${30} | ${31}   | ${null}
    ${239}    | ${30} | ${240}  | ${null}
    ${225}    | ${30} | ${240}  | ${239}
  `(
    'ends at $end when $expiresAt is extended by $ttl with a maximum of $maximum',
    ({ expiresAt, ttl, maximum, end }) => {
      const at = (minutes: number) => new Date(t0.getTime() + minutes * 60_000).toISOString();
      const log = [{ event: 'applied', by: 'writer', at: at(0), note: '' }];
      const record = aRemediation({ state: 'active', expiresAt: at(expiresAt), ttlMinutes: ttl, log });

      expect(extendedEnd(record, maximum)?.toISOString() ?? null).toBe(end === null ? null : at(end));
    },
  );

  it('extends nothing that was never applied', () => {
    expect(extendedEnd(aRemediation({ state: 'active', expiresAt: t0.toISOString(), log: [] }), 240)).toBeNull();
  });
});
