import type { ParsedFlow } from './flow.ts';
import type { Endpoint, HostGate, PolicyModel, PolicyVerdict } from './model.ts';
import { doubtful, newWalk, open, verdictOf, walkTiers } from './walk.ts';

/**
 * What the pod's policies let out leaves its node through a host endpoint, if there is one: the policies with applyOnForward
 * that select it are met there, and what they do not decide is allowed only where none of them selects it.
 */
export function pastGates(
  model: PolicyModel,
  source: Endpoint,
  flow: ParsedFlow,
  verdict: PolicyVerdict,
): PolicyVerdict {
  if (model.beyond.length > 0) return doubtful(model.beyond, [verdict]);
  const gates = model.gates.filter(({ node }) => source.node === null || node === source.node);
  const staysOnNode = source.node !== null && flow.peerNode === source.node;
  if (gates.length === 0 || staysOnNode) return verdict;

  const answers = gates.map((gate) => ({ gate, verdict: throughGate(model, gate, flow) }));
  const isSure = ({ gate }: { readonly gate: HostGate }) =>
    gate.isOfAllInterfaces && source.node !== null && flow.peerNode === undefined;
  const shut = answers.find((answer) => isSure(answer) && answer.verdict.allowed === false);
  if (shut) return shut.verdict;
  const issues = answers.flatMap(({ gate, verdict: { allowed, issues: own } }) => {
    if (allowed === true) return [];
    const what = allowed === null ? own.join('; ') : 'its policies for forwarded packets deny this';
    return [`the packet may leave through host endpoint ${gate.name}: ${what}`];
  });
  return issues.length > 0 ? doubtful(issues, [verdict]) : verdict;
}

/** What the policies of one host endpoint say to a forwarded packet. */
export function throughGate(model: PolicyModel, { name, bearer }: HostGate, flow: ParsedFlow): PolicyVerdict {
  const untracking = model.untracking.filter((policy) => policy.selects(bearer) !== 'no');
  if (untracking.length > 0) {
    const names = untracking.map(({ ref }) => ref.name).join(', ');
    return doubtful([`${names} may drop or untrack the replies at ${name}`], []);
  }
  const walk = newWalk(flow, []);
  const { goesOn, isSelected } = walkTiers(walk, model.forwardTiers, bearer);
  // Behind the tiers no profile waits for forwarded packets: what all of them pass is left to the host's own firewall.
  if (goesOn && isSelected) return doubtful([`every tier passes it at ${name}`], []);
  if (goesOn) walk.ends.push({ ...open, because: 'not-isolated', tier: null });
  return verdictOf(walk, []);
}
