import type { ClusterSession, ExecTarget } from '../../src/ports.ts';
import { endMarker, framesOf, readyMarker } from '../probes/frames.ts';
import { nodeScript } from '../probes/scripts.ts';
import { failureOf, outputOf } from './ending.ts';
import { connectSeconds, type Destination, destinationWords, type Look, newNonce } from './look.ts';

export interface NodeProbe {
  readonly target: ExecTarget;
  readonly node: string;
  /** Null where the pod has none: then nothing about the pod's own packets can be looked for. */
  readonly podAddress: string | null;
  readonly destinations: readonly Destination[];
}

export interface NodeLook {
  /** Settles when the counters were read for the first time, or when that will not happen. */
  readonly ready: Promise<void>;
  /** Lets it read its counters again: the pod's probe is over. */
  finish(): void;
  readonly done: Promise<Look>;
}

/** How long the script waits for `finish`: the pod's probe with one more try at another container. */
const patienceSeconds = 20;
/** What follows the wait takes the script at most ten seconds. */
const deadlineMs = (patienceSeconds + 12) * 1_000;
const maxBytes = 32 * 1024 * 1024;
/** As many as the pod's, so that a path that loses some of them loses some of these. */
const attemptsEach = 3;

/** One exec in the calico-node pod: before, ready, and once the pod's probe has ended, after. */
export function lookAtNode(session: ClusterSession, probe: NodeProbe): NodeLook {
  const { target, node, podAddress } = probe;
  // The script asks for IPv6 routes and conntrack entries of each.
  const ipv6 = probe.destinations.filter(({ family }) => family === 6);
  const nonce = newNonce();
  const argv = [
    ...['sh', '-c', nodeScript, 'ipv6check', nonce, String(connectSeconds), String(patienceSeconds)],
    ...[podAddress ?? '-', ...destinationWords(ipv6, attemptsEach)],
  ];
  const started = performance.now();
  const settled = Promise.withResolvers<void>();
  const run = session.exec(target, argv, {
    ...{ deadlineMs, maxBytes, endMarker: endMarker(nonce) },
    // Of what is new alone: thousands of rules come before it, in frames of 32 KiB.
    onOutput: (stdout) => {
      if (stdout.slice(-40_000).includes(readyMarker(nonce))) settled.resolve();
    },
  });

  const done = run.done.then((outcome): Look => {
    const what = `the node probe in ${target.namespace}/${target.pod} on node ${node}`;
    const ms = Math.round(performance.now() - started);
    return { frames: framesOf(outputOf(outcome), nonce), missing: failureOf(outcome, what), by: what, ms };
  });
  void done.then(() => settled.resolve());
  return { ready: settled.promise, finish: () => run.write('\n'), done };
}
