import { effectsOf, type Flip, type PodEffect } from '../../../src/policy/change.ts';
import { clusterOf } from '../../../src/policy/cluster.ts';
import { type Found, identityOf, type Manifests } from '../../../src/policy/manifests.ts';
import type { Terminal } from '../terminal.ts';

export interface Change {
  readonly added: Manifests;
  readonly removed: Manifests;
}

/** Prints what a change does to every pod that it selects. Exit 0, or 2 where some of it cannot be told. */
export function diff(
  before: Manifests,
  change: Change,
  calicoVersion: string | null,
  isJson: boolean,
  terminal: Terminal,
): number {
  const old = clusterOf(before, calicoVersion);
  const now = clusterOf(changed(before, change), calicoVersion);
  const pods = effectsOf(old, now);
  const { issues, issuesIn } = now.model;
  const said = [...new Set([...issues, ...[...issuesIn.values()].flat(), ...missing(before, change)])];
  const newlyIsolated = pods.filter((pod) => pod.newlyIsolated).map(({ pod }) => pod);
  terminal.out(isJson ? `${JSON.stringify({ pods, newlyIsolated, issues: said }, null, 2)}\n` : textOf(pods, said));
  const isDoubtful = said.length > 0 || pods.some(({ doubtful }) => doubtful.length > 0);
  return isDoubtful ? 2 : 0;
}

/** What is added takes the place of what bears its name, as with `kubectl apply`. */
function changed({ found, problems }: Manifests, { added, removed }: Change): Manifests {
  const gone = new Set([...added.found, ...removed.found].map(({ object }) => identityOf(object)));
  const kept = found.filter(({ object }) => !gone.has(identityOf(object)));
  return { found: [...kept, ...added.found], problems: [...problems, ...added.problems, ...removed.problems] };
}

function missing({ found }: Manifests, { removed }: Change): string[] {
  const there = new Set(found.map(({ object }) => identityOf(object)));
  const isMissing = ({ object }: Found) => !there.has(identityOf(object));
  return removed.found
    .filter(isMissing)
    .map(({ object, where }) => `${object.kind} ${object.metadata.name} of ${where} is not among the manifests`);
}

function textOf(pods: readonly PodEffect[], issues: readonly string[]): string {
  const flips = (word: string, list: readonly Flip[]) =>
    list.map(
      ({ to, protocol, ports }) => `  ${word} ${to} ${protocol} ${ports === 'any' ? 'any port' : `port ${ports}`}`,
    );
  const lines = pods.flatMap((pod) => [
    `${pod.pod}${pod.unchanged ? ': unchanged' : ''}`,
    ...(pod.newlyIsolated ? ['  newly isolated'] : []),
    ...(pod.noLongerIsolated ? ['  no longer isolated'] : []),
    ...flips('newly open', pod.newlyOpen),
    ...flips('newly shut', pod.newlyShut),
    ...flips('doubtful', pod.doubtful),
  ]);
  const none = pods.length === 0 ? ['The change selects no pod.'] : [];
  return `${[...none, ...lines, ...issues.map((issue) => `issue: ${issue}`)].join('\n')}\n`;
}
