import type { ClusterSession, ReadOutcome } from '../../src/ports.ts';
import { listOf, recordOf, textOf } from './prune.ts';

/** API groups that are served, each with its versions, the preferred one first. */
export type Groups = ReadonlyMap<string, readonly string[]>;

export async function readGroups(session: ClusterSession): Promise<ReadOutcome<Groups>> {
  const outcome = await session.get('/apis');
  if (!outcome.ok) return outcome;
  if (!Array.isArray(outcome.value.groups)) {
    const message = 'The API server answered with something else';
    return { ok: false, reason: 'unavailable', status: 200, message };
  }
  const groups = listOf(outcome.value.groups).map(({ name, versions, preferredVersion }) => {
    const preferred = textOf(recordOf(preferredVersion).version);
    const others = listOf(versions).map(({ version }) => textOf(version));
    const all = [preferred, ...others.filter((version) => version !== preferred)];
    return [textOf(name), all.filter((version) => /^v\d+[a-z0-9]*$/u.test(version))] as const;
  });
  return { ok: true, value: new Map(groups) };
}

export async function readKubernetesVersion(session: ClusterSession): Promise<string | null> {
  const outcome = await session.get('/version');
  return outcome.ok ? textOf(outcome.value.gitVersion) || null : null;
}
