import { BotError } from '../src/errors.ts';
import type { Attempt } from '../src/evidence/evidence.ts';
import { failed, observed, observedIn } from '../src/evidence/observation.ts';
import type { ClusterSession } from '../src/ports.ts';
import { nothingSeen } from './access/look.ts';
import { lookAtNode } from './access/node.ts';
import { type Collected, settingsOf } from './collect.ts';
import { nodeSections, observations } from './probes/sections.ts';
import { readCalico } from './reads/calico.ts';
import { readCalicoNode } from './reads/calico-node.ts';
import { readGroups, readKubernetesVersion } from './reads/discovery.ts';
import { readNode } from './reads/node.ts';
import { fatal } from './reads/outcome.ts';

/** A node by itself: its own connects, and everything that packets of its pods meet there but for policies. */
export async function collectNode(session: ClusterSession, name: string, attempt: Attempt): Promise<Collected> {
  const outcome = await session.get(`/api/v1/nodes/${name}`);
  if (!outcome.ok && outcome.reason === 'not-found')
    throw new BotError('TARGET_NOT_FOUND', `there is no node "${name}"`);
  if (!outcome.ok) throw fatal(outcome);

  const started = performance.now();
  const found = await readCalicoNode(session, name);
  const why = found.ok ? '' : found.why;
  const { destinations } = attempt;
  const looking = found.ok
    ? lookAtNode(session, { target: found.target, node: name, podAddress: null, destinations })
    : null;
  // Nobody tries anything in a pod meanwhile, so its counters are read again at once.
  void looking?.ready.then(() => looking.finish());
  const [look, node, calico, calicoNode, kubernetes] = await Promise.all([
    looking?.done ?? nothingSeen(failed('NOT_ATTEMPTED', why), 'the node probe'),
    readNode(session, name),
    readGroups(session).then((groups) => readCalico(session, groups)),
    settingsOf(session, found.raw, why),
    readKubernetesVersion(session),
  ]);
  return {
    bag: {
      attempt: observed(attempt, 'the request'),
      ...{ node, calico, calicoNode },
      ...observations(nodeSections, look),
    },
    ...{ pod: null, node: name, container: null, sawNode: look.frames.size > 0, kubernetes },
    calico: observedIn(calico)?.version ?? (found.ok ? found.version : null),
    phase: { ms: Math.round(performance.now() - started), slowestProbeMs: look.ms },
  };
}
