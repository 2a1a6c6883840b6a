import { defineCheck } from '../check.ts';
import { describeTally, tallyOf } from '../tally.ts';

export const podEgress = defineCheck({
  id: 'pod-egress',
  stage: 'destination',
  title: 'Pod connects over IPv6',
  failureTitle: 'Pod does not connect over IPv6',
  needs: ['attempt', 'podConnects'],
  mayUse: [],
  causes: [],

  evaluate({ attempt, podConnects }) {
    const tallies = tallyOf(podConnects);
    const facts = [...tallies.map(describeTally), ...toolsOf(podConnects)];
    const untried = attempt.destinations.filter(
      ({ family, address, port }) =>
        family === 6 && !tallies.some((tally) => tally.address === address && tally.port === port),
    );
    const ipv6 = tallies.filter(({ family }) => family === 6);
    const attempts = ipv6.reduce((sum, tally) => sum + tally.attempts, 0);
    const connected = ipv6.reduce((sum, tally) => sum + tally.connected, 0);

    if (attempts === 0 || untried.length > 0) {
      return {
        outcome: 'inconclusive',
        summary: 'Not every IPv6 destination was tried from the pod.',
        facts: [...facts, ...untried.map(({ address, port }) => `[${address}]:${port} was not tried`)],
      };
    }
    if (connected === attempts) {
      return { outcome: 'pass', summary: `All ${attempts} IPv6 attempts connected.`, facts };
    }
    const summary =
      connected === 0
        ? `None of ${attempts} IPv6 attempts connected.`
        : `IPv6 is intermittent ${connected}/${attempts}: some attempts connect and some do not.`;
    return { outcome: 'fail', cause: null, summary, facts };
  },
});

function toolsOf(connects: readonly { readonly tool: string }[]): string[] {
  const tools = [...new Set(connects.map(({ tool }) => tool))];
  return tools.length > 0 ? [`made with ${tools.join(', ')}`] : [];
}
