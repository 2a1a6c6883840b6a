import { type Cells, cellsOf, type Place, type PodPlace, podPlaces, protocolsFor, rulesFor } from './cells.ts';
import type { Cluster } from './cluster.ts';
import type { Resident } from './directory.ts';
import { evaluateFlow } from './evaluate.ts';
import { flowTo } from './explain.ts';
import { isNewlyShut } from './isolation.ts';
import { isAdminPolicy, isCalicoPolicy, isKubernetesPolicy } from './kinds.ts';
import { matchRule } from './match.ts';
import type { EgressRule, PortRange } from './model.ts';
import { selectingIn } from './selecting.ts';

/** Where an answer differs: a network or pods, a protocol, and its ports. */
export interface Flip {
  readonly to: string;
  readonly protocol: string;
  /** `any`, `443` or `8000-8100`. */
  readonly ports: string;
}

export interface PodEffect {
  /** `namespace/name` of a pod, `namespace/Kind/name` of a workload none of whose pods is among the objects. */
  readonly pod: string;
  readonly newlyIsolated: boolean;
  readonly noLongerIsolated: boolean;
  readonly newlyOpen: readonly Flip[];
  readonly newlyShut: readonly Flip[];
  /** Where it cannot be told whether the answer differs. */
  readonly doubtful: readonly Flip[];
  readonly unchanged: boolean;
}

/** What the step from one set of objects to another does to every pod that it selects. */
export function effectsOf(before: Cluster, after: Cluster): PodEffect[] {
  const step = stepOf(before, after);
  const isSelected = selectedBy(step);
  const known = new Map<string, Omit<PodEffect, 'pod'>>();
  const old = new Map(before.directory.residents.map((resident) => [nameOf(resident), resident]));
  return after.directory.residents.flatMap((resident) => {
    const was = old.get(nameOf(resident)) ?? resident;
    if (resident.endpoint.isHostNetwork || !(isSelected(resident) || isSelected(was))) return [];
    const marks = JSON.stringify([marksOf(was.endpoint, before), marksOf(resident.endpoint, after)]);
    const effect = known.get(marks) ?? effectOn(step, was, resident);
    known.set(marks, effect);
    return [{ pod: nameOf(resident), ...effect }];
  });
}

function nameOf({ actor: { namespace, kind, name, isPod } }: Resident): string {
  return isPod ? `${namespace}/${name}` : `${namespace}/${kind}/${name}`;
}

/** Pods that the same policies select get the same answers, unless a rule or a node asks who or where they are. */
function marksOf(endpoint: Resident['endpoint'], cluster: Cluster): unknown {
  const { labels, unknown, namespace, addresses, node } = endpoint;
  const selecting = cluster.model.tiers.map((tier) =>
    selectingIn(tier, endpoint).map(({ policy, doubt }) => [policy.ref, doubt]),
  );
  const rules = rulesFor(cluster, endpoint);
  const asksWhere = rules.some(({ sourceNets, sourceNotNets }) => sourceNets || sourceNotNets.length > 0);
  const asksWho = rules.some(({ selectsSource, excludesSource }) => selectsSource || excludesSource);
  const hasGates = cluster.model.gates.length > 0;
  return [namespace, selecting, asksWho && [labels, unknown], asksWhere && addresses, hasGates && node];
}

interface Step {
  readonly before: Cluster;
  readonly after: Cluster;
  readonly pods: readonly PodPlace[];
  /** Names of the policies that differ; null where something else than policies does. */
  readonly changed: ReadonlySet<string> | null;
}

function stepOf(before: Cluster, after: Cluster): Step {
  const [had, has] = [new Set(before.objects), new Set(after.objects)];
  const objects = [
    ...before.objects.filter((object) => !has.has(object)),
    ...after.objects.filter((object) => !had.has(object)),
  ];
  const isPolicy = objects.every(
    (object) => isKubernetesPolicy(object) || isCalicoPolicy(object) || isAdminPolicy(object),
  );
  const changed = isPolicy ? new Set(objects.map(({ metadata }) => metadata.name)) : null;
  return { before, after, pods: podPlaces([before, after]), changed };
}

/** A change of policies concerns whom they select; one of anything else may concern everybody. */
function selectedBy({ before, after, changed }: Step): (resident: Resident) => boolean {
  const hasGates = [before, after].some(({ model }) => model.gates.length > 0 && model.forwardTiers.length > 0);
  if (changed === null || hasGates) return () => true;
  const policies = [before, after].flatMap(({ model }) =>
    model.tiers.flatMap((tier) => tier.policies.filter(({ ref }) => changed.has(ref.name))),
  );
  return ({ endpoint }) => policies.some((policy) => policy.selects(endpoint) !== 'no');
}

/** The rules without which no answer differs; null where a tier selects the pod that did not, or more than policies differs. */
function changedRules({ before, after, changed }: Step, was: Resident, is: Resident): EgressRule[] | null {
  const hasGates = before.model.gates.length + after.model.gates.length > 0;
  const selectingOf = ({ model }: Cluster, { endpoint }: Resident) =>
    model.tiers.flatMap((tier) => {
      const selecting = selectingIn(tier, endpoint);
      const isSure = selecting.some(({ doubt }) => doubt === null);
      return selecting.length === 0 ? [] : [{ mark: `${tier.name} ${isSure}`, selecting }];
    });
  const [old, now] = [selectingOf(before, was), selectingOf(after, is)];
  const marks = (tiers: typeof old) => tiers.map(({ mark }) => mark).join();
  if (changed === null || hasGates || marks(old) !== marks(now)) return null;
  return [...old, ...now]
    .flatMap(({ selecting }) => selecting.map(({ policy }) => policy))
    .filter(({ ref }) => changed.has(ref.name))
    .flatMap(({ rules }) => rules);
}

function effectOn(step: Step, was: Resident, is: Resident): Omit<PodEffect, 'pod'> {
  const { before, after, pods } = step;
  const rules = [...rulesFor(before, was.endpoint), ...rulesFor(after, is.endpoint)];
  const changed = changedRules(step, was, is);
  const flips = flipsIn(cellsOf(rules, changed, pods, [before, after]), (place, protocol, port) => {
    const question = { port, protocol };
    const flow = flowTo(after, is, place.address, question);
    if (changed?.every((rule) => matchRule(rule, flow).kind === 'no')) return null;
    const wasOpen = evaluateFlow(before.model, was.endpoint, flowTo(before, was, place.address, question)).allowed;
    const isOpen = evaluateFlow(after.model, is.endpoint, flow).allowed;
    if (wasOpen === null || isOpen === null) return 'doubtful';
    return wasOpen === isOpen ? null : isOpen ? 'newlyOpen' : 'newlyShut';
  });
  const [old, now] = [
    { model: before.model, endpoint: was.endpoint },
    { model: after.model, endpoint: is.endpoint },
  ];
  const newlyIsolated = isNewlyShut(old, now);
  const noLongerIsolated = isNewlyShut(now, old);
  const isSame = Object.values(flips).every((list) => list.length === 0) && !newlyIsolated && !noLongerIsolated;
  return { newlyIsolated, noLongerIsolated, ...flips, unchanged: isSame };
}

type Change = 'newlyOpen' | 'newlyShut' | 'doubtful';
type Ask = (place: Place, protocol: ReturnType<typeof protocolsFor>[number], port: number | null) => Change | null;

function flipsIn({ places, ports }: Cells, ask: Ask): Readonly<Record<Change, readonly Flip[]>> {
  const found: Record<Change, Flip[]> = { newlyOpen: [], newlyShut: [], doubtful: [] };
  for (const place of places) {
    const { family } = place.address;
    const own: Record<Change, Flip[]> = { newlyOpen: [], newlyShut: [], doubtful: [] };
    for (const protocol of protocolsFor(family)) {
      const hasPorts = protocol !== 'ICMP' && protocol !== 'ICMPv6';
      const cells = hasPorts ? ports : [{ from: 0, to: 0 }];
      const answers = cells.map((cell) => ({ cell, change: ask(place, protocol, hasPorts ? cell.from : null) }));
      for (const change of ['newlyOpen', 'newlyShut', 'doubtful'] as const) {
        const ranges = joined(answers.filter((answer) => answer.change === change).map(({ cell }) => cell));
        for (const range of ranges)
          own[change].push({ to: place.to, protocol, ports: hasPorts ? shown(range) : 'any' });
      }
    }
    for (const change of ['newlyOpen', 'newlyShut', 'doubtful'] as const) {
      const isWhole =
        own[change].length === protocolsFor(family).length && own[change].every((flip) => flip.ports === 'any');
      found[change].push(...(isWhole ? [{ to: place.to, protocol: 'any', ports: 'any' }] : own[change]));
    }
  }
  return found;
}

function joined(ranges: readonly PortRange[]): PortRange[] {
  const found: PortRange[] = [];
  for (const range of ranges) {
    const last = found.at(-1);
    if (last && last.to + 1 === range.from) found[found.length - 1] = { from: last.from, to: range.to };
    else found.push(range);
  }
  return found;
}

function shown({ from, to }: PortRange): string {
  if (from === 1 && to === 65_535) return 'any';
  return from === to ? `${from}` : `${from}-${to}`;
}
