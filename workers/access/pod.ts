import type { PodObject } from '../../src/evidence/objects.ts';
import { failed } from '../../src/evidence/observation.ts';
import type { ClusterSession } from '../../src/ports.ts';
import { endMarker, framesOf } from '../probes/frames.ts';
import { podScript } from '../probes/scripts.ts';
import { failureOf, outputOf } from './ending.ts';
import { connectSeconds, type Destination, destinationWords, type Look, newNonce, nothingSeen } from './look.ts';

export interface PodLook extends Look {
  /** The container whose shell ran it; null when none did. */
  readonly container: string | null;
}

export interface PodProbe {
  readonly pod: Pick<PodObject, 'namespace' | 'name' | 'phase' | 'containers'>;
  /** Running containers, in the order in which to try them: they share the network. */
  readonly containers: readonly string[];
  readonly destinations: readonly Destination[];
  /** A name for the pod to resolve by itself, and to dial. */
  readonly name?: { readonly host: string; readonly port: number } | undefined;
}

/** From different source ports, so that a flaky path shows. */
const attemptsEach = 3;
/** The script ends itself five seconds after its last connect has. */
const deadlineMs = (connectSeconds + 8) * 1_000;
const maxBytes = 4 * 1024 * 1024;
const by = 'the pod probe';

/** One completed exec, in the first container that has a shell. */
export async function lookIntoPod(session: ClusterSession, probe: PodProbe): Promise<PodLook> {
  const { pod, containers, destinations, name } = probe;
  const shellless: string[] = [];
  for (const container of containers) {
    const nonce = newNonce();
    const words = [name?.host ?? '-', String(name?.port ?? '-'), ...destinationWords(destinations, attemptsEach)];
    const argv = ['sh', '-c', podScript, 'ipv6check', nonce, String(connectSeconds), ...words];
    const options = { deadlineMs, maxBytes, endMarker: endMarker(nonce) };
    const started = performance.now();
    const outcome = await session.exec({ namespace: pod.namespace, pod: pod.name, container }, argv, options).done;
    if (outcome.kind === 'command-not-found') {
      shellless.push(container);
      continue;
    }
    const what = `the pod probe in container ${container}`;
    const frames = framesOf(outputOf(outcome), nonce);
    const ms = Math.round(performance.now() - started);
    return { frames, missing: failureOf(outcome, what), by: what, ms, container: frames.size > 0 ? container : null };
  }
  const missing =
    shellless.length > 0
      ? failed('TOOL_MISSING', `no container of pod ${pod.name} has a shell (tried ${shellless.join(', ')})`)
      : failed('NOT_ATTEMPTED', `pod ${pod.name} is ${pod.phase} and no container of it is running${statesOf(pod)}`);
  return { ...nothingSeen(missing, by), container: null };
}

function statesOf({ containers }: Pick<PodObject, 'containers'>): string {
  const states = containers.map(({ name, state }) => `${name} ${state}`).join(', ');
  return states === '' ? '' : ` (${states})`;
}
