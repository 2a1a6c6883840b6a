const evaluator = ['evaluate', 'admin', 'calico'].map((name) => `test/policy/${name}.test.ts`);
const denial = ['test/diagnosis/checks/egress-policy.test.ts'];
const judgement = ['test/diagnosis/judge.test.ts'];
const processors = ['apply', 'revert', 'settle', 'sweep'].map((name) => `test/workers/processors/${name}.test.ts`);

/** Parts that have no meaning of their own, and where what they do is tested: each of them fails when the part throws. */
export const testedThrough: Readonly<Record<string, readonly string[]>> = {
  'src/adapters/slack-failure.ts': ['test/adapters/slack.test.ts'],
  'src/diagnosis/calico-settings.ts': ['test/diagnosis/checks/felix-support.test.ts'],
  'src/diagnosis/beyond-the-node.ts': ['test/diagnosis/checks/node-egress.test.ts'],
  'src/diagnosis/check.ts': ['test/diagnosis/engine.test.ts'],
  'src/diagnosis/counters.ts': ['test/diagnosis/checks/node-forwarding.test.ts'],
  'src/diagnosis/culprit.ts': judgement,
  'src/diagnosis/discovery-drops.ts': ['test/diagnosis/checks/neighbour-discovery.test.ts'],
  'src/diagnosis/failures.ts': ['test/diagnosis/checks/node-forwarding.test.ts'],
  'src/diagnosis/filter-chains.ts': ['test/diagnosis/checks/node-firewall.test.ts'],
  'src/diagnosis/filter-counters.ts': ['test/diagnosis/checks/node-firewall.test.ts'],
  'src/diagnosis/host-interface.ts': ['test/diagnosis/checks/host-pod-route.test.ts'],
  'src/diagnosis/ip-pools.ts': ['test/diagnosis/checks/pod-addresses.test.ts'],
  'src/diagnosis/lost-policy.ts': denial,
  'src/diagnosis/names.ts': ['test/diagnosis/checks/name-resolution.test.ts'],
  'src/diagnosis/networks.ts': ['test/diagnosis/checks/source-translation.test.ts'],
  'src/diagnosis/overlay-way.ts': ['test/diagnosis/checks/overlay-path.test.ts'],
  'src/diagnosis/own-flows.ts': ['test/diagnosis/checks/node-firewall.test.ts'],
  'src/diagnosis/path.ts': judgement,
  'src/diagnosis/pod.ts': ['pod-addresses', 'source-translation'].map((id) => `test/diagnosis/checks/${id}.test.ts`),
  'src/diagnosis/policy-denial.ts': denial,
  'src/diagnosis/policy-objects.ts': denial,
  'src/diagnosis/policy-repair.ts': denial,
  'src/diagnosis/routes.ts': ['test/diagnosis/checks/node-default-route.test.ts'],
  'src/diagnosis/stages.ts': ['test/house.test.ts'],
  'src/diagnosis/summary.ts': judgement,
  'src/diagnosis/tally.ts': judgement,
  'src/diagnosis/translation.ts': ['test/diagnosis/checks/masquerade.test.ts'],
  'src/diagnosis/unassigned.ts': ['test/diagnosis/checks/pod-addresses.test.ts'],
  'src/diagnosis/verdict.ts': judgement,
  'src/errors.ts': ['test/house.test.ts', 'test/workers/receive.test.ts'],
  'src/evidence/observation.ts': ['test/diagnosis/engine.test.ts'],
  'src/jobs/job.ts': ['test/workers/receive.test.ts'],
  'src/jobs/request-text.ts': ['test/workers/processors/diagnose.test.ts'],
  'src/net/address.ts': ['test/net/cidr.test.ts'],
  ...Object.fromEntries(
    [
      ...['admin-rule', 'compile', 'entity', 'flow', 'hosts', 'kinds', 'kubernetes-shape', 'labels'],
      ...['match-protocol', 'read', 'release', 'rule', 'selection', 'walk'],
    ].map((name) => [`src/policy/${name}.ts`, evaluator]),
  ),
  ...Object.fromEntries(
    ['backends', 'cluster', 'directory', 'pods', 'services'].map((name) => {
      return [`src/policy/${name}.ts`, ['test/policy/explain.test.ts']];
    }),
  ),
  'src/policy/isolation.ts': ['test/policy/change.test.ts', 'test/policy/simulate.test.ts'],
  'src/remediation/layers.ts': ['test/remediation/plan.test.ts'],
  'src/remediation/rehearsal.ts': ['test/remediation/plan.test.ts'],
  'src/remediation/scope.ts': ['test/remediation/plan.test.ts'],
  'workers/access/look.ts': ['test/workers/diagnose.test.ts'],
  'workers/access/node.ts': ['test/workers/diagnose.test.ts'],
  'workers/access/pod.ts': ['test/workers/diagnose.test.ts'],
  ...Object.fromEntries(
    ['answer', 'diff', 'options', 'query'].map((name) => {
      return [`workers/cli/policy/${name}.ts`, ['test/workers/cli/policy.test.ts']];
    }),
  ),
  'workers/cli/policy/documents.ts': ['test/workers/cli/policy/files.test.ts'],
  'workers/collect-node.ts': ['test/workers/diagnose.test.ts'],
  'workers/collect.ts': ['test/workers/diagnose.test.ts'],
  'workers/reads/neighbours.ts': ['test/workers/rereads.test.ts'],
  'workers/sibling.ts': ['test/workers/diagnose.test.ts'],
  'workers/reprobe.ts': ['test/workers/rereads.test.ts'],
  'workers/processors/approval.ts': ['test/workers/processors/apply.test.ts'],
  'workers/processors/desk.ts': processors,
  'workers/processors/expired.ts': ['test/workers/processors/sweep.test.ts', 'test/workers/cli/reap.test.ts'],
  'workers/processors/run-thread.ts': ['test/workers/processors/diagnose.test.ts'],
};
