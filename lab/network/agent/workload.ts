import type { FelixSettings } from './configuration.ts';
import type { Family, Known, Pod } from './known.ts';
import { type Policy, shortName, type Tier } from './policy.ts';
import { policyChain, policyChainName, type Sets } from './policy-chain.ts';
import { bits, clearMark, isClear, isMarked, jump, type Rule, rule, setMark } from './ruleset.ts';
import { tiersFor } from './tiers.ts';

export type Chains = Map<string, readonly Rule[]>;

/** Everything that chains are made of, for one family of one node. */
export interface Writing {
  readonly known: Known;
  readonly family: Family;
  readonly settings: FelixSettings;
  readonly chains: Chains;
  readonly sets: Sets;
}

const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

function conntrackRules({ deny, returnsAccepted }: FelixSettings): Rule[] {
  const established = { states: 'RELATED,ESTABLISHED' } as const;
  return [
    ...(returnsAccepted
      ? [rule([established], setMark(bits.accept)), rule([established], 'return')]
      : [rule([established], 'accept')]),
    rule([{ states: 'INVALID' }], deny),
  ];
}

function tunnelRules({ deny }: FelixSettings): Rule[] {
  const from = 'encapped packets originating in workloads';
  return [
    rule(
      [{ protocol: 'udp' }, { ports: ['4789'], protocolOfPorts: 'udp', end: 'dst' }],
      deny,
      `${capital(deny)} VXLAN ${from}`,
    ),
    rule([{ protocol: '4' }], deny, `${capital(deny)} IPinIP ${from}`),
  ];
}

export function tierRules(writing: Writing, tiers: readonly Tier[]): Rule[] {
  const { deny } = writing.settings;
  const chainOf = (policy: Policy) => {
    const name = policyChainName(policy);
    writing.chains.set(name, policyChain(policy, writing.sets, deny));
    return name;
  };
  return tiers.flatMap((tier) => [
    rule([], clearMark(bits.pass), `Start of tier ${tier.name}`),
    ...tier.policies.flatMap((policy) => [
      rule([isClear(bits.pass)], jump(chainOf(policy))),
      rule([isMarked(bits.accept)], 'return', 'Return if policy accepted'),
    ]),
    ...(tier.endsWithPass
      ? []
      : [rule([isClear(bits.pass)], deny, `End of tier ${tier.name}. ${capital(deny)} if no policies passed packet`)]),
  ]);
}

/** Limits from the pod's annotations; they come before policy. */
function qualityOfService({ annotations }: Pod) {
  const of = (name: string) => Number(annotations[`qos.projectcalico.org/${name}`]);
  const rate = of('egressPacketRate');
  const connections = of('egressMaxConnections');
  return {
    rate:
      rate > 0
        ? [
            rule(
              [],
              { do: 'limit-rate', perSecond: rate, burst: of('egressPacketBurst') || 5 },
              'Drop packets over egress packet rate limit',
            ),
          ]
        : [],
    connections:
      connections > 0
        ? [rule([], { do: 'limit-connections', above: connections }, 'Reject connections over egress connection limit')]
        : [],
  };
}

export interface WorkloadChains {
  readonly from: string;
  readonly to: string;
}

/** A pod's chains, in the order of felix/rules/endpoints.go. */
export function workloadChains(writing: Writing, pod: Pod, veth: string): WorkloadChains {
  const { chains, known, family, settings } = writing;
  const from = `cali-fw-${veth}`;
  const to = `cali-tw-${veth}`;
  const limits = qualityOfService(pod);
  const clear = rule([], clearMark(bits.accept | bits.pass));
  const profile = (prefix: 'cali-pro-' | 'cali-pri-') => {
    const name = shorten(`${prefix}kns.${pod.namespace}`);
    chains.set(name, [
      rule([], setMark(bits.accept), `Profile kns.${pod.namespace} ${prefix === 'cali-pro-' ? 'egress' : 'ingress'}`),
    ]);
    return [
      rule([], jump(name)),
      rule([isMarked(bits.accept)], 'return', 'Return if profile accepted'),
      rule([], settings.deny, `${capital(settings.deny)} if no profiles matched`),
    ];
  };
  chains.set(from, [
    ...limits.rate,
    ...conntrackRules(settings),
    ...limits.connections,
    clear,
    ...tunnelRules(settings),
    ...tierRules(writing, tiersFor(pod, known, family)),
    ...profile('cali-pro-'),
  ]);
  chains.set(to, [...conntrackRules(settings), clear, ...profile('cali-pri-')]);
  return { from, to };
}

const shorten = (name: string) => (name.length <= 28 ? name : shortName(name.slice(0, 9), name));
