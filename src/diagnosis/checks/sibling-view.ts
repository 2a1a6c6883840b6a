import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { exemptInNodesNetwork, podName } from '../pod.ts';

export const siblingView = defineCheck({
  id: 'sibling-view',
  stage: 'destination',
  title: 'Another pod connects over IPv6',
  failureTitle: 'Another pod does not connect over IPv6 either',
  needs: ['pod'],
  mayUse: ['sibling'],
  // Another pod's fate is no cause of this one's.
  causes: [],
  exempts: exemptInNodesNetwork,

  evaluate({ pod }, extra) {
    const sibling = observedIn(extra.sibling);
    if (sibling === null) {
      return { outcome: 'not-applicable', summary: 'No other pod was asked to try the same.', facts: [] };
    }
    const { attempts, connected, isSameNode, isSameWorkload } = sibling;
    const kin = isSameWorkload ? 'of the same workload' : 'of the same namespace';
    const where = isSameNode ? `on the same node, ${sibling.node}` : `on node ${sibling.node}`;
    const who = `Pod ${sibling.pod} ${kin} ${where}`;
    const facts = [`${sibling.pod}: ${connected}/${attempts} IPv6 attempts connected`];
    if (attempts === 0) return { outcome: 'not-applicable', summary: `${who} tried nothing over IPv6.`, facts };
    if (connected === attempts) {
      const rest = isSameNode
        ? 'so the node and the network beyond it carry IPv6'
        : 'so the network outside carries IPv6';
      return {
        outcome: 'pass',
        summary: `${who} connects, ${rest}; what is wrong is nearer to pod ${podName(pod)}.`,
        facts,
      };
    }
    return {
      outcome: 'fail',
      cause: null,
      summary: `${who} does not get through either (${connected}/${attempts}), so what is wrong is not pod ${podName(pod)} alone.`,
      facts,
    };
  },
});
