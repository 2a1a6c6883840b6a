import { describe, expect, it } from 'vitest';
import { type Answer, type Row, scoreOf } from '../../lab/matrix.ts';

const said = (
  outcome: string,
  cause: string | null = null,
  confidence: string | null = cause && 'certain',
  neighbours: readonly string[] = [],
): Answer => ({ verdict: { outcome, cause, confidence, neighbours }, problem: '', ms: 100 });
const silent: Answer = { verdict: null, problem: 'exit 69: no cluster', ms: 100 };

const fault = { id: 'a--variant', kind: 'fault', cause: 'a' } as const;
const healthy = { id: 'healthy-b', kind: 'healthy', cause: null } as const;

describe('lab/matrix', () => {
  it.each`
    situation                                     | entry      | answer                                                 | grade
    ${'the cause, for certain'}                   | ${fault}   | ${said('broken', 'a')}                                 | ${'correct'}
    ${'another cause, for certain'}               | ${fault}   | ${said('broken', 'z', 'certain', ['a'])}               | ${'wrong'}
    ${'the cause, likely'}                        | ${fault}   | ${said('broken', 'a', 'likely', ['x', 'y', 'z'])}      | ${'likely'}
    ${'the cause among a likely one’s few'}       | ${fault}   | ${said('broken', 'z', 'likely', ['y', 'a'])}           | ${'likely'}
    ${'the cause among too many'}                 | ${fault}   | ${said('broken', 'a', 'likely', ['w', 'x', 'y', 'z'])} | ${'wrong'}
    ${'a likely one, and the cause not among it'} | ${fault}   | ${said('broken', 'z', 'likely', ['y'])}                | ${'wrong'}
    ${'a broken pod called reachable'}            | ${fault}   | ${said('reachable')}                                   | ${'wrong'}
    ${'a broken pod called inconclusive'}         | ${fault}   | ${said('inconclusive')}                                | ${'wrong'}
    ${'no report'}                                | ${fault}   | ${silent}                                              | ${'wrong'}
    ${'a healthy pod called reachable'}           | ${healthy} | ${said('reachable')}                                   | ${'correct'}
    ${'a healthy pod called inconclusive'}        | ${healthy} | ${said('inconclusive')}                                | ${'wrong'}
    ${'a healthy pod called broken'}              | ${healthy} | ${said('broken', 'a')}                                 | ${'wrong'}
  `('counts $situation as $grade', ({ entry, answer, grade }: Row & { grade: string }) => {
    const { correct, likely, wrong } = scoreOf([{ entry, answer }]);

    expect({ correct, likely, wrong: wrong.length }).toEqual({ correct: 0, likely: 0, wrong: 0, [grade]: 1 });
  });

  it('says what was expected and what came instead', () => {
    const { wrong } = scoreOf([
      { entry: fault, answer: said('broken', 'z', 'likely', ['y']) },
      { entry: fault, answer: silent },
      { entry: healthy, answer: said('inconclusive') },
    ]);

    expect(wrong).toEqual([
      { id: 'a--variant', expected: 'a', got: 'broken: z, or y (likely)' },
      { id: 'a--variant', expected: 'a', got: 'exit 69: no cluster' },
      { id: 'healthy-b', expected: 'reachable', got: 'inconclusive' },
    ]);
  });

  it('counts false alarms and what could not be told, and times', () => {
    const rows: Row[] = Array.from({ length: 20 }, (_, index) => ({
      entry: index < 10 ? healthy : fault,
      answer: { ...said(index < 2 ? 'broken' : index < 5 ? 'inconclusive' : 'reachable', null), ms: 20 - index },
    }));

    expect(scoreOf(rows)).toMatchObject({ total: 20, falseAlarms: 2, inconclusive: 3, medianMs: 11, p95Ms: 20 });
    expect(scoreOf([])).toMatchObject({ total: 0, medianMs: 0 });
  });
});
