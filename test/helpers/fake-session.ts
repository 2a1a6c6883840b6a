import type { ClusterSession, ListQuery, RawObject, ReadOutcome } from '../../src/ports.ts';

type Refused = Extract<ReadOutcome<never>, { ok: false }>;

export function refused(reason: Refused['reason'], message = `the fake says ${reason}`): Refused {
  const status = { 'not-found': 404, 'absent-api': 404, forbidden: 403, unauthorized: 401, throttled: 429 };
  return { ok: false, reason, status: { ...status, conflict: 409, invalid: 422, unavailable: 0 }[reason], message };
}

export interface Read {
  readonly path: string;
  readonly query?: ListQuery | undefined;
}

export interface FakeSession extends ClusterSession {
  readonly reads: readonly Read[];
}

/** Answers by path: an object, a list's items, or a refusal. Whatever it was not told to answer is a test's mistake. */
export function fakeSession(
  answers: Readonly<Record<string, RawObject | readonly RawObject[] | Refused>>,
): FakeSession {
  const reads: Read[] = [];
  const answerTo = (path: string) => {
    const answer = answers[path];
    if (answer === undefined) throw new Error(`nobody told the fake session about ${path}`);
    return answer;
  };
  const isRefused = (answer: object): answer is Refused => 'ok' in answer && answer.ok === false;

  return {
    reads,
    async get(path) {
      reads.push({ path });
      const answer = answerTo(path);
      if (Array.isArray(answer)) throw new Error(`${path} is a list`);
      return isRefused(answer) ? answer : { ok: true, value: answer as RawObject };
    },
    async list(path, query) {
      reads.push({ path, query });
      const answer = answerTo(path);
      if (isRefused(answer)) return answer;
      if (!Array.isArray(answer)) throw new Error(`${path} is not a list`);
      return { ok: true, value: { items: answer, isComplete: true } };
    },
    exec() {
      throw new Error('the fake session has no execs');
    },
    cost: () => ({ execs: 0, apiRequests: reads.length }),
  };
}
