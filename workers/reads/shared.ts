import type { ClusterSession } from '../../src/ports.ts';

/** Reads that several pods of one run have in common are made once; pods themselves are read afresh each time. */
export function sharing(session: ClusterSession): ClusterSession {
  const gets = new Map<string, ReturnType<ClusterSession['get']>>();
  const lists = new Map<string, ReturnType<ClusterSession['list']>>();
  const isPod = (path: string) => /\/pods(\/|$)/u.test(path);
  return {
    get(path) {
      if (isPod(path)) return session.get(path);
      const known = gets.get(path) ?? session.get(path);
      gets.set(path, known);
      return known;
    },
    list(path, query) {
      if (isPod(path)) return session.list(path, query);
      const key = `${path} ${JSON.stringify(query ?? {})}`;
      const known = lists.get(key) ?? session.list(path, query);
      lists.set(key, known);
      return known;
    },
    exec: (target, argv, options) => session.exec(target, argv, options),
    cost: () => session.cost(),
  };
}
