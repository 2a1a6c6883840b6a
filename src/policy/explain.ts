import { type Address, parseAddress } from '../net/address.ts';
import type { Cluster } from './cluster.ts';
import { portNamesOf, type Resident } from './directory.ts';
import { addressOf, evaluateFlow, protocolNumbers, setsAt } from './evaluate.ts';
import { keyOf, type ParsedFlow } from './flow.ts';
import type { Flow, PolicyVerdict } from './model.ts';
import type { Service } from './services.ts';
import { doubtful } from './walk.ts';

export type Question = Omit<Flow, 'address'>;

/** Whether policies let this pod send to that address; a service's address stands for the endpoints behind it. */
export function explain(cluster: Cluster, source: Resident, address: Address, question: Question): PolicyVerdict {
  const service = cluster.services.byFront.get(keyOf(address));
  const protocol = protocolNumbers[question.protocol];
  const isDialled = service?.ports.some((each) => each.protocol === protocol && isAsked(each.port, question));
  // What no port of the service takes is not translated: policies see the address as it was dialled.
  if (service && isDialled) return throughService(cluster, source, service, address, question);
  return evaluateFlow(cluster.model, source.endpoint, flowTo(cluster, source, address, question));
}

const isAsked = (port: number, question: Question) => question.port === null || question.port === port;

export function flowTo(cluster: Cluster, source: Resident, address: Address, question: Question): ParsedFlow {
  const { residents, peers, ...holders } = cluster.directory.holders(address);
  const protocol = protocolNumbers[question.protocol];
  return {
    ...common(source, address.family, question),
    ...holders,
    ...unreadSets(cluster, holders.strangers),
    address,
    peers: [...setsAt(cluster.model, address), ...peers],
    portNames: residents.length > 0 ? portNamesOf(residents, question.port, protocol) : null,
    services: cluster.model.services,
  };
}

/** Where a network set cannot be read in full, somebody of its labels may have the address. */
function unreadSets({ model }: Cluster, strangers: ParsedFlow['strangers']): Partial<ParsedFlow> {
  if (model.areSetsKnown || strangers === 'anybody') return {};
  return { strangers: 'anybody', whyStrangers: 'which network sets hold the address is not known' };
}

function common({ endpoint }: Resident, family: 4 | 6, { port, protocol, icmp }: Question) {
  const sourceAddress = addressOf(endpoint, family);
  return { family, port, protocol: protocolNumbers[protocol], icmp: icmp ?? null, source: endpoint, sourceAddress };
}

/** kube-proxy translates before policies look, so they see the endpoints. */
function throughService(
  cluster: Cluster,
  source: Resident,
  service: Service,
  front: Address,
  question: Question,
): PolicyVerdict {
  const protocol = protocolNumbers[question.protocol];
  const backends = service.backends?.filter(
    (backend) =>
      backend.isReady &&
      backend.protocol === protocol &&
      isAsked(backend.service.port, question) &&
      (backend.address === null || backend.address.family === front.family),
  );
  if (backends === undefined) return doubtful([`the endpoints of service ${service.id} are not known`], []);
  if (backends.length === 0) {
    return doubtful(
      [`service ${service.id} has no endpoint of this family, so its packets are refused on the node`],
      [],
    );
  }
  const answers = backends.map(({ address, port, resident }) => {
    const asked = { ...question, port: port ?? question.port };
    const flow = address ? flowTo(cluster, source, address, asked) : unseen(cluster, source, front, resident, asked);
    return evaluateFlow(cluster.model, source.endpoint, { ...flow, isTranslated: true });
  });
  return together(answers, service);
}

/** To a pod of which only the template is known: who it is, and not where. */
function unseen(
  cluster: Cluster,
  source: Resident,
  { family }: Address,
  resident: Resident | null,
  question: Question,
): ParsedFlow {
  const residents = resident ? [resident] : [];
  return {
    ...common(source, family, question),
    address: null,
    peers: residents.map(({ endpoint }) => endpoint),
    strangers: [],
    whyStrangers: '',
    peerNode: null,
    portNames: portNamesOf(residents, question.port, protocolNumbers[question.protocol]),
    services: cluster.model.services,
  };
}

function together(answers: readonly PolicyVerdict[], service: Service): PolicyVerdict {
  const [first = doubtful([], [])] = answers;
  if (answers.every(({ allowed }) => allowed === first.allowed)) {
    return {
      ...first,
      by: distinct(answers.flatMap(({ by }) => by)),
      isolatedBy: distinct(answers.flatMap(({ isolatedBy }) => isolatedBy)),
      nearMisses: distinct(answers.flatMap(({ nearMisses }) => nearMisses)),
      issues: distinct(answers.flatMap(({ issues }) => issues)),
    };
  }
  const issues = answers.flatMap((answer) => answer.issues);
  const why = `policies treat the endpoints of service ${service.id} differently`;
  return doubtful(distinct([why, ...issues]), answers);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** The pod's own address to dial: IPv6 before IPv4. */
export function dialled({ endpoint }: Resident): Address | null {
  const own = endpoint.addresses.flatMap((text) => parseAddress(text) ?? []);
  return own.find(({ family }) => family === 6) ?? own[0] ?? null;
}
