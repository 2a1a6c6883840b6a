import type { Evidence } from '../../evidence/evidence.ts';
import type { Flow } from '../../evidence/flows.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { isGlobalUnicast } from '../networks.ts';
import { ownFlows } from '../own-flows.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';
import { interfaceFilterOf, outsideOf, poolOf, untranslated, whyUntranslated } from '../translation.ts';

export const masquerade = defineCheck({
  id: 'masquerade',
  stage: 'translation',
  title: 'Translated packets bear an address that replies can find',
  failureTitle: 'Translation does not give packets an address that replies can find',
  needs: ['pod', 'attempt', 'calico'],
  mayUse: ['nodeFlows', 'nodeFilterRules', 'nodeDestinationRoutes', 'nodeRoutes', 'nodeAddresses', 'node'],
  causes: ['masquerade-skipped-dest-in-pool', 'masquerade-source-unroutable', 'felix-nat-config-breaks-v6'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, attempt, calico }, extra) {
    const source = ipv6Of(pod) ?? '';
    const pool = poolOf(calico.ipPools, source);
    if (pool?.natOutgoing !== true) {
      return {
        outcome: 'not-applicable',
        summary: `No IPPool asks for the translation of what pod ${podName(pod)} sends.`,
        facts: [],
      };
    }
    const rules = observedIn(extra.nodeFilterRules)?.after ?? null;
    const obstacle = whyUntranslated(
      pod,
      attempt,
      { ...extra, calico: { status: 'observed', value: calico, by: '' } },
      rules,
    );
    const flows = ownFlows(extra.nodeFlows, pod, { destinations: outsideOf(attempt) });
    const facts = flows.map(describeFlow);
    const name = podName(pod);
    if (obstacle === 'destination-in-pool') return skipped(name, calico.ipPools, untranslated(flows), facts);
    if (obstacle === 'interface-filter') {
      return misconfigured(
        name,
        `iptablesNATOutgoingInterfaceFilter: ${interfaceFilterOf(calico, rules).join(', ')} does not match the uplink`,
        'iptablesNATOutgoingInterfaceFilter',
        facts,
      );
    }
    if (obstacle === 'ipv4-address') {
      const told = `natOutgoingAddress: ${String(calico.felix.natOutgoingAddress)} is an IPv4 address, so that no IPv6 rule can be written`;
      return misconfigured(name, told, 'natOutgoingAddress', facts);
    }

    const astray = flows.filter(({ isUnreplied, reply }) => isUnreplied && reply.destination !== source);
    const node = observedIn(extra.node);
    const addresses = observedIn(extra.nodeAddresses);
    const [first] = astray.filter(({ reply }) => whyUnroutable(reply.destination, node, addresses) !== null);
    if (first && addresses?.some(({ flags }) => isUnusable(flags))) {
      return {
        outcome: 'fail',
        cause: null,
        summary: `Packets of pod ${name} leave as ${first.reply.destination}, for an address of the node's is not usable.`,
        facts: [...addresses.filter(({ flags }) => isUnusable(flags)).map(describeAddress), ...facts],
      };
    }
    if (first) return unroutable(name, pod.nodeName ?? 'the node', first, node, addresses, facts);
    return flows.length === 0
      ? {
          outcome: 'inconclusive',
          summary: `IPPool ${pool.name} asks for translation, and no packet of pod ${name} was seen that shows it.`,
          facts,
        }
      : { outcome: 'pass', summary: `Nothing of what pod ${name} sent bears an address of no use.`, facts };
  },
});

function skipped(
  name: string,
  pools: Evidence['calico']['ipPools'],
  flows: readonly Flow[],
  facts: readonly string[],
): Judgement {
  const destinations = [...new Set(flows.map(({ original }) => original.destination))];
  const guilty = [...new Set(destinations.map((address) => poolOf(pools, address)).filter((pool) => pool !== null))];
  return {
    outcome: 'fail',
    cause: 'masquerade-skipped-dest-in-pool',
    confidence: 'certain',
    ruledOut: ['natoutgoing-disabled-ula', 'node-upstream-black-hole'],
    neighbours: [],
    isDeciding: true,
    summary: `${destinations.join(' and ')} lies in an IPPool (${guilty.map((pool) => `${pool.name} ${pool.cidr}`).join(', ')}), so Calico takes it for a pod and does not translate what pod ${name} sends there.`,
    facts: [
      ...guilty.map(
        (pool) => `IPPool ${pool.name} ${pool.cidr}${pool.isDisabled ? ', disabled: that counts too' : ''}`,
      ),
      ...facts,
    ],
    fix: [
      '# shrink the pool to what pods really have, or delete it when no address of it is in use:',
      ...guilty.map(
        (pool) => `calicoctl ipam show --show-blocks | grep -F '${pool.cidr}'; kubectl delete ippool ${pool.name}`,
      ),
    ].join('\n'),
  };
}

function misconfigured(name: string, told: string, field: string, facts: readonly string[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'felix-nat-config-breaks-v6',
    confidence: 'certain',
    ruledOut: ['natoutgoing-disabled-ula', 'masquerade-skipped-dest-in-pool'],
    neighbours: [],
    isDeciding: true,
    summary: `FelixConfiguration ${told}, so packets of pod ${name} leave untranslated although their pool asks for translation.`,
    facts: [`FelixConfiguration default: ${told}`, ...facts],
    fix: `kubectl patch felixconfiguration default --type merge -p '{"spec":{"${field}":null}}'`,
  };
}

function unroutable(
  name: string,
  node: string,
  { reply }: Flow,
  object: Evidence['node'] | null,
  addresses: Evidence['nodeAddresses'] | null,
  facts: readonly string[],
): Judgement {
  // Only the listing shows that none of the node's addresses is a duplicate, which would be the reason.
  const isCertain = !isGlobalUnicast(reply.destination) && addresses !== null;
  return {
    outcome: 'fail',
    cause: 'masquerade-source-unroutable',
    confidence: isCertain ? 'certain' : 'likely',
    ruledOut: ['natoutgoing-disabled-ula'],
    neighbours: isCertain
      ? []
      : ['node-upstream-black-hole', ...(addresses ? [] : (['node-address-dad-or-rule'] as const))],
    isDeciding: true,
    summary: `Packets of pod ${name} leave node ${node} as ${reply.destination}: ${whyUnroutable(reply.destination, object, addresses)}, so no reply can find them.`,
    facts: [
      ...(addresses ?? [])
        .filter(({ scope }) => scope === 'global')
        .map(({ address, device }) => `${node}: ${address} on ${device}`),
      ...(object ? [`Node ${object.name} publishes ${object.addresses.join(', ')}`] : []),
      ...facts,
    ],
    fix: `# on ${node}: give the uplink a global address that the network routes to it, in netplan, networkd or NetworkManager\nip -6 addr show scope global`,
  };
}

function isUnusable(flags: Evidence['nodeAddresses'][number]['flags']): boolean {
  return flags.includes('dadfailed') || (flags.includes('tentative') && !flags.includes('optimistic'));
}

function describeAddress({ address, device, flags }: Evidence['nodeAddresses'][number]): string {
  return `${address} on ${device}: ${flags.join(' ')}`;
}

/** Null for an address that nothing speaks against. */
function whyUnroutable(
  address: string,
  node: Evidence['node'] | null,
  addresses: Evidence['nodeAddresses'] | null,
): string | null {
  if (!isGlobalUnicast(address)) return 'an address that no network outside routes';
  const published = (node?.addresses ?? []).filter((each) => each.includes(':') && isGlobalUnicast(each));
  const isMoved =
    addresses !== null &&
    published.length > 0 &&
    !published.some((each) => addresses.some((own) => own.address === each));
  return isMoved ? `not the node's own ${published.join(', ')}, which no interface of it has any more` : null;
}

function describeFlow({ original, reply, isUnreplied }: Flow): string {
  return `conntrack ${original.source} to ${original.destination}: ${isUnreplied ? 'UNREPLIED' : 'answered'}, replies expected at ${reply.destination}`;
}
