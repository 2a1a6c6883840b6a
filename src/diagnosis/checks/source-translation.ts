import type { Evidence } from '../../evidence/evidence.ts';
import type { Flow } from '../../evidence/flows.ts';
import type { IPPool } from '../../evidence/objects.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { containsIPv6, isGlobalUnicast, isUniqueLocal } from '../networks.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';
import { tallyOf } from '../tally.ts';

export const sourceTranslation = defineCheck({
  id: 'source-translation',
  stage: 'translation',
  title: 'Packets leave with a source address that replies can find',
  failureTitle: 'Packets leave with a source address that replies cannot find',
  needs: ['pod', 'attempt'],
  mayUse: ['calico', 'nodeFlows', 'podConnects', 'nodeConnects'],
  causes: ['natoutgoing-disabled-ula', 'pod-gua-not-routed-back'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, attempt }, extra) {
    const source = ipv6Of(pod) ?? '';
    const calico = observedIn(extra.calico);
    const pool = calico?.ipPools.find(({ cidr }) => containsIPv6(cidr, source)) ?? null;
    const outside = attempt.destinations.filter(({ family, address }) => family === 6 && !isUniqueLocal(address));
    const flows = (observedIn(extra.nodeFlows) ?? []).filter(
      ({ original }) => original.source === source && outside.some(({ address }) => address === original.destination),
    );
    const connects = tallyOf(observedIn(extra.podConnects) ?? []).filter(({ family }) => family === 6);
    const scene: Scene = {
      name: podName(pod),
      source,
      pool,
      isCalico: calico !== null && calico.flavour !== 'absent',
      flows,
      unanswered: flows.filter(({ isUnreplied, reply }) => isUnreplied && reply.destination === source),
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
}

function judgeLocal(scene: Scene): Judgement {
  const { name, source, pool, unanswered, flows } = scene;
  if (unanswered.length === 0 && (pool === null || pool.natOutgoing)) return judgeTranslated(scene);

  const isSeen = unanswered.length > 0;
  // Seen before translation, a flow that a policy drops leaves no entry: what is listed here got this far.
  const isCertain = isSeen || flows.length > 0;
  const reason =
    pool?.natOutgoing === false ? `IPPool ${pool.name} has natOutgoing: false` : 'nothing on the node translates it';
  return {
    outcome: 'fail',
    cause: 'natoutgoing-disabled-ula',
    confidence: isCertain ? 'certain' : 'likely',
    ruledOut: isSeen ? ['node-upstream-black-hole'] : [],
    neighbours: isCertain ? [] : ['forward-policy-drop'],
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
  return {
    outcome: 'fail',
    cause: 'pod-gua-not-routed-back',
    confidence: 'likely',
    ruledOut: ['node-upstream-black-hole'],
    neighbours: isSeen ? [] : ['forward-policy-drop'],
    isDeciding: isSeen,
    summary: `Pod ${name} sends from its own address ${source} and gets no reply, while its node connects: the network outside has no route back to the pod.`,
    facts: factsOf(scene),
    fix: `# route ${pool?.cidr ?? "the pods' prefix"} to the nodes (BGP or static), or translate:\n${fixOf(pool, scene.isCalico)}`,
  };
}

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
