import type { Entry } from './network/faults/entry.ts';

/** What the terminal door said of one row; null where it gave no report. */
export interface Answer {
  readonly verdict: {
    readonly outcome: string;
    readonly cause: string | null;
    readonly confidence: string | null;
    readonly neighbours: readonly string[];
  } | null;
  /** Why there is none. */
  readonly problem: string;
  readonly ms: number;
}

export interface Row {
  readonly entry: Pick<Entry, 'id' | 'kind' | 'cause'>;
  readonly answer: Answer;
}

export interface Score {
  readonly total: number;
  readonly correct: number;
  readonly likely: number;
  readonly wrong: readonly { readonly id: string; readonly expected: string; readonly got: string }[];
  readonly falseAlarms: number;
  readonly inconclusive: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

const mostNeighbours = 3;

/** `likely` is worth something only while what it names is few, and the truth is among them. */
function gradeOf({ entry, answer: { verdict } }: Row): 'correct' | 'likely' | 'wrong' {
  if (!verdict) return 'wrong';
  const { outcome, cause, confidence, neighbours } = verdict;
  if (entry.cause === null) return outcome === 'reachable' ? 'correct' : 'wrong';
  if (outcome !== 'broken') return 'wrong';
  if (confidence === 'certain') return cause === entry.cause ? 'correct' : 'wrong';
  const isNamed = cause === entry.cause || neighbours.includes(entry.cause);
  return isNamed && neighbours.length <= mostNeighbours ? 'likely' : 'wrong';
}

function gotOf({ verdict, problem }: Answer): string {
  if (!verdict) return problem;
  const { outcome, cause, confidence, neighbours } = verdict;
  const others = neighbours.length > 0 ? `, or ${neighbours.join(', ')}` : '';
  return cause === null ? outcome : `${outcome}: ${cause}${others} (${confidence})`;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function scoreOf(rows: readonly Row[]): Score {
  const grades = rows.map(gradeOf);
  const count = (wanted: string) => grades.filter((grade) => grade === wanted).length;
  const times = rows.map(({ answer }) => answer.ms).toSorted((a, b) => a - b);
  return {
    total: rows.length,
    correct: count('correct'),
    likely: count('likely'),
    wrong: rows
      .filter((_, index) => grades[index] === 'wrong')
      .map(({ entry, answer }) => ({ id: entry.id, expected: entry.cause ?? 'reachable', got: gotOf(answer) })),
    falseAlarms: rows.filter(({ entry, answer }) => entry.cause === null && answer.verdict?.outcome === 'broken')
      .length,
    inconclusive: rows.filter(({ answer }) => answer.verdict?.outcome === 'inconclusive').length,
    medianMs: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
  };
}
