import type { Evidence } from '../../evidence/evidence.ts';
import type { Flow } from '../../evidence/flows.ts';
import type { IPPool } from '../../evidence/objects.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { isGlobalUnicast } from '../networks.ts';
import { ownFlows } from '../own-flows.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';
import { tallyOf } from '../tally.ts';
import { outsideOf, poolOf, untranslated, whyUntranslated } from '../translation.ts';

export const sourceTranslation = defineCheck({
  id: 'source-translation',
  stage: 'translation',
  title: 'Packets leave with a source address that replies can find',
  failureTitle: 'Packets leave with a source address that replies cannot find',
  needs: ['pod', 'attempt'],
  mayUse: [
    ...(['calico', 'node', 'nodeFlows', 'podConnects', 'nodeConnects'] as const),
    ...(['nodeFilterRules', 'nodeDestinationRoutes', 'nodeRoutes'] as const),
  ],
  causes: ['natoutgoing-disabled-ula', 'pod-gua-not-routed-back', 'infra-source-filter'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, attempt }, extra) {
    const source = ipv6Of(pod) ?? '';
    const calico = observedIn(extra.calico);
    const pool = calico ? poolOf(calico.ipPools, source) : null;
    const outside = outsideOf(attempt);
    const flows = ownFlows(extra.nodeFlows, pod, { destinations: outside });
    const connects = tallyOf(observedIn(extra.podConnects) ?? []).filter(({ family }) => family === 6);
    const scene: Scene = {
      name: podName(pod),
      source,
      pool,
      isCalico: calico !== null && calico.flavour !== 'absent',
      flows,
      unanswered: untranslated(flows),
      areObstaclesKnown:
        pool !== null &&
        [extra.nodeFilterRules, extra.nodeDestinationRoutes].every(({ status }) => status === 'observed'),
      provider: observedIn(extra.node)?.provider ?? null,
      checksSources: calico?.felix.awsSrcDstCheck !== 'Disable',
      isAnswered: flows.some(({ isUnreplied }) => !isUnreplied) || connects.some(({ connected }) => connected > 0),
      isSilent: connects.length > 0 && connects.every(({ failures }) => failures.every((each) => each === 'TIMEOUT')),
      nodeConnects: tallyOf(observedIn(extra.nodeConnects) ?? []).some(
        ({ family, connected }) => family === 6 && connected > 0,
      ),
    };
    if (outside.length === 0) {
      return {
        outcome: 'not-applicable',
        summary: 'No destination outside unique local addresses was tried.',
        facts: factsOf(scene),
      };
    }
    if (scene.isAnswered) {
      return { outcome: 'pass', summary: `Replies find their way back to ${source}.`, facts: factsOf(scene) };
    }
    if (whyUntranslated(pod, attempt, extra, observedIn(extra.nodeFilterRules)?.after ?? null) !== null) {
      return {
        outcome: 'fail',
        cause: null,
        summary: `Packets leave as ${source} although IPPool ${pool?.name} asks for translation.`,
        facts: factsOf(scene),
      };
    }
    return isGlobalUnicast(source) ? judgeGlobal(scene) : judgeLocal(scene);
  },
});

interface Scene {
  readonly name: string;
  readonly source: string;
  readonly pool: IPPool | null;
  readonly isCalico: boolean;
  readonly flows: readonly Flow[];
  /** Flows that left the node under the pod's own address, and that nobody answered. */
  readonly unanswered: readonly Flow[];
  readonly isAnswered: boolean;
  readonly isSilent: boolean;
  readonly nodeConnects: boolean;
  /** Everything was read that shows why a pool's wish for translation comes to nothing. */
  readonly areObstaclesKnown: boolean;
  /** The cloud that the node runs in. */
  readonly provider: string | null;
  /** Felix has not switched AWS's check of sources off. */
  readonly checksSources: boolean;
}

/** Clouds that let an interface send from its own addresses alone, unless told otherwise. */
const filtering = ['aws', 'azure', 'gce', 'openstack', 'vsphere', 'proxmox', 'ibm', 'oci', 'alicloud'];

function judgeLocal(scene: Scene): Judgement {
  const { name, source, pool, unanswered, flows } = scene;
  if (unanswered.length === 0 && (pool === null || pool.natOutgoing)) return judgeTranslated(scene);

  const isSeen = unanswered.length > 0;
  // Seen before translation, a flow that a policy drops leaves no entry: what is listed here got this far.
  const isLeftAlone = isSeen || flows.length > 0;
  const isCertain = isLeftAlone && (pool?.natOutgoing === false || scene.areObstaclesKnown);
  const others = [
    'masquerade-skipped-dest-in-pool',
    'felix-nat-config-breaks-v6',
    'ip6tables-programming-failed',
  ] as const;
  const reason =
    pool?.natOutgoing === false ? `IPPool ${pool.name} has natOutgoing: false` : 'nothing on the node translates it';
  return {
    outcome: 'fail',
    cause: 'natoutgoing-disabled-ula',
    confidence: isCertain ? 'certain' : 'likely',
    ruledOut: isSeen ? ['node-upstream-black-hole'] : [],
    neighbours: isCertain ? [] : isLeftAlone ? others : ['forward-policy-drop'],
    isDeciding: isSeen,
    summary: `Pod ${name} sends to the outside from its unique local address ${source} and ${reason}, so no reply can find it.`,
    facts: factsOf(scene),
    fix: fixOf(pool, scene.isCalico),
  };
}

function judgeGlobal(scene: Scene): Judgement {
  const { name, source, pool, unanswered, nodeConnects, isSilent } = scene;
  const isSeen = unanswered.length > 0;
  if (pool?.natOutgoing === true && !isSeen) return judgeTranslated(scene);
  // Without the node's own success, the network beyond may lose everything, whatever its source.
  if (!nodeConnects || !(isSeen || isSilent)) {
    return {
      outcome: 'inconclusive',
      summary: `Pod ${name} sends from ${source} untranslated, and nothing shows whether the outside has a route back to it.`,
      facts: factsOf(scene),
    };
  }
  const { provider, checksSources } = scene;
  const rest = { ruledOut: ['node-upstream-black-hole'], isDeciding: isSeen } as const;
  const unseen = isSeen ? [] : (['forward-policy-drop'] as const);
  if (provider !== null && filtering.includes(provider) && (provider !== 'aws' || checksSources)) {
    return {
      outcome: 'fail',
      cause: 'infra-source-filter',
      confidence: 'likely',
      neighbours: ['pod-gua-not-routed-back', ...unseen],
      ...rest,
      summary: `Pod ${name} sends from its own address ${source} and gets no reply, while its node connects: the node runs on ${provider}, which drops what does not come from an interface's own address unless it is told otherwise.`,
      facts: [...factsOf(scene), `providerID of the node: ${provider}://`],
      fix: `${allowances[provider] ?? "# allow the pods' prefix as a source on the nodes' interfaces"}\n# or translate:\n${fixOf(pool, scene.isCalico)}`,
    };
  }
  return {
    outcome: 'fail',
    cause: 'pod-gua-not-routed-back',
    confidence: 'likely',
    neighbours: ['infra-source-filter', ...unseen],
    ...rest,
    summary: `Pod ${name} sends from its own address ${source} and gets no reply, while its node connects: the network outside has no route back to the pod.`,
    facts: factsOf(scene),
    fix: `# route ${pool?.cidr ?? "the pods' prefix"} to the nodes (BGP or static), or translate:\n${fixOf(pool, scene.isCalico)}`,
  };
}

const allowances: Readonly<Record<string, string>> = {
  aws: `kubectl patch felixconfiguration default --type merge -p '{"spec":{"awsSrcDstCheck":"Disable"}}'`,
  openstack: "openstack port set --allowed-address ip-address=<the pods' prefix> <the node's port>",
  gce: '# canIpForward on the instance; it is set when an instance is made',
  azure: "az network nic update --ids <the node's interface> --ip-forwarding true",
  vsphere: '# forged transmits and SpoofGuard of the port group',
};

function judgeTranslated({ flows, pool, ...scene }: Scene): Judgement {
  const facts = factsOf({ flows, pool, ...scene });
  const translated = flows.filter(({ original, reply }) => reply.destination !== original.source);
  const [first] = translated;
  if (first) {
    return { outcome: 'pass', summary: `Packets leave the node as ${first.reply.destination}.`, facts };
  }
  return {
    outcome: 'inconclusive',
    summary:
      pool === null
        ? `Which IPPool ${scene.source} comes from is not known, nor whether its packets are translated.`
        : `IPPool ${pool.name} asks for translation, and no packet was seen that shows it.`,
    facts,
  };
}

function fixOf(pool: Evidence['calico']['ipPools'][number] | null, isCalico: boolean): string {
  if (pool === null || !isCalico)
    return '# let the CNI translate IPv6 packets for the outside, or give the pods global addresses';
  if (pool.natOutgoing)
    return '# natOutgoing is true, yet no rule translates: see the logs of calico-node on this node for ip6tables and nft errors';
  return [
    `kubectl patch ippool ${pool.name} --type merge -p '{"spec":{"natOutgoing":true}}'`,
    '# where the operator manages the pools: Installation spec.calicoNetwork.ipPools[].natOutgoing: Enabled',
  ].join('\n');
}

function factsOf({ source, pool, flows }: Scene): string[] {
  return [
    pool === null
      ? `no IPPool that was read holds ${source}`
      : `IPPool ${pool.name} ${pool.cidr} natOutgoing: ${pool.natOutgoing}`,
    ...flows.map(({ original, reply, isUnreplied }) => {
      const answered = isUnreplied ? 'UNREPLIED' : 'answered';
      return `conntrack ${original.source} to ${original.destination}: ${answered}, replies expected at ${reply.destination}`;
    }),
  ];
}
