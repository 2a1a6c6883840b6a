import type { Connect } from '../src/evidence/flows.ts';
import type { Clock, Cluster } from '../src/ports.ts';
import type { Remediation } from '../src/remediation/lifecycle.ts';
import type { Verification } from '../src/remediation/verification.ts';
import { lookIntoPod } from './access/pod.ts';
import { observations, podSections } from './probes/sections.ts';
import { containersToTry, podOf, podPath } from './reads/pod.ts';

/** The failing probe once more, without a look at the node: what a new connection does now. */
export function reprober({ cluster, clock }: { readonly cluster: Cluster; readonly clock: Clock }) {
  return async (
    { namespace, pod: name, uid }: Remediation['subject'],
    destinations: Remediation['destinations'],
    signal: AbortSignal,
  ): Promise<Verification> => {
    const session = cluster.session(uid, signal);
    const untried = (problem: string): Verification => ({
      ...{ at: clock.now().toISOString(), problem },
      ...{ ipv6: { connected: 0, of: 0 }, ipv4: { connected: 0, of: 0 } },
    });
    const outcome = await session.get(podPath(namespace, name));
    if (!outcome.ok) return untried(`pod ${namespace}/${name} cannot be read: ${outcome.message}`);
    const pod = podOf(outcome.value);
    if (pod.uid !== uid) return untried(`pod ${namespace}/${name} was replaced by another of that name`);

    const containers = containersToTry(outcome.value, pod);
    const look = await lookIntoPod(session, { pod, containers, destinations });
    signal.throwIfAborted();
    const { podConnects } = observations(podSections, look);
    if (podConnects?.status !== 'observed') return untried(podConnects?.detail ?? 'nothing was tried');
    const connects = podConnects.value;
    return {
      ...{ at: clock.now().toISOString(), problem: null },
      ...{ ipv6: countOf(connects, 6), ipv4: countOf(connects, 4) },
    };
  };
}

function countOf(connects: readonly Connect[], family: 4 | 6): { connected: number; of: number } {
  const own = connects.filter((connect) => connect.family === family);
  return { connected: own.filter(({ outcome }) => outcome === 'connected').length, of: own.length };
}
