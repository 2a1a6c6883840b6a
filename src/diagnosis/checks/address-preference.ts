import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { isUniqueLocal } from '../networks.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';

/** Where RFC 6724 puts IPv4, written as an IPv6 prefix. */
const mapped = '::ffff:0:0/96';

export const addressPreference = defineCheck({
  id: 'address-preference',
  stage: 'application',
  title: 'Nothing in the pod forces its applications to IPv4',
  failureTitle: "The pod's own settings force its applications to IPv4",
  needs: ['pod', 'podAddressPreferences'],
  mayUse: ['podNames'],
  causes: ['app-prefers-or-forces-ipv4'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, podAddressPreferences: { precedences } }, { podNames }) {
    const source = ipv6Of(pod) ?? '';
    const hasIPv4 = pod.podIPs.some((address) => !address.includes(':'));
    const name = podName(pod);
    const facts = precedences.map(({ prefix, precedence }) => `gai.conf: precedence ${prefix} ${precedence}`);
    if (!hasIPv4) {
      return { outcome: 'not-applicable', summary: `Pod ${name} has no IPv4 address to prefer.`, facts };
    }

    const of = (prefix: string) => precedences.find((each) => each.prefix === prefix)?.precedence;
    const ipv4 = of(mapped);
    // What gai.conf does not list has no precedence at all, once it lists anything.
    if (ipv4 !== undefined && ipv4 > (of('default') ?? 0)) {
      return {
        outcome: 'fail',
        cause: 'app-prefers-or-forces-ipv4',
        confidence: 'certain',
        ruledOut: [],
        neighbours: [],
        isDeciding: false,
        summary: `/etc/gai.conf of pod ${name} ranks IPv4 first, so programs that use getaddrinfo take IPv4 wherever a name has both.`,
        facts,
        fix: `# remove the line from /etc/gai.conf in the image of pod ${name}:\nprecedence ${mapped}  ${ipv4}`,
      };
    }
    const both = (observedIn(podNames) ?? []).filter(({ outcome }) => outcome === 'answered').length === 2;
    return isUniqueLocal(source)
      ? {
          outcome: 'pass',
          summary: `Pod ${name} has a unique local IPv6 address, which RFC 6724 ranks below IPv4: applications take IPv4 ${both ? 'for the name that was asked about' : 'for names that have both'}, unless they ask for IPv6.`,
          facts,
        }
      : { outcome: 'pass', summary: `Applications of pod ${name} take IPv6 for names that have both.`, facts };
  },
});
