import type { Random } from '../../lab/network/random.ts';

type Json = Readonly<Record<string, unknown>>;

/** Networks of the lab that rules speak of. */
export interface Words {
  readonly pool6: string;
  readonly block6: string;
  readonly pod6: string;
  readonly pod4: string;
}

const selectors = [
  "app == 'checkout'",
  "app in {'payments', 'reports'}",
  "app != 'checkout'",
  "app not in {'coredns', 'reports'}",
  "app starts with 'pay' && !(app ends with 'worker')",
  "app contains 'out' || role == 'none'",
  'has(app)',
  'all()',
] as const;
const peers = [...selectors, "feed == 'threats'", "feed == 'partners'", 'has(feed)', '!has(app)'] as const;
const namespaces = [
  "team == 'web'",
  "team != 'web'",
  'all()',
  'has(team)',
  "projectcalico.org/name == 'shop'",
] as const;
const accounts = ["role == 'keeper'", "projectcalico.org/name == 'default'", "role != 'keeper'"] as const;
const orders = [{}, { order: 10 }, { order: 1_000 }, { order: 1_000 }, { order: 1_000.5 }, { order: 2_000 }] as const;
const tiers = ['default', 'default', 'default', 'early', 'early', 'unordered', 'ghost', 'ghost', 'ipv6check'] as const;

/** Specs of policies for egress, as random as a cluster's API server would still take them. */
export function specsOf(random: Random, words: Words) {
  const isLucky = (oneIn: number) => random.int(oneIn) === 0;
  const several = <T>(most: number, make: () => T, least = 0): T[] =>
    Array.from({ length: least + random.int(most - least + 1) }, make);
  const sometimes = (oneIn: number, make: () => Json): Json => (isLucky(oneIn) ? make() : {});

  const net6 = () =>
    random.pick([
      '::/0',
      '2000::/3',
      '2001:4860::/32',
      '2606:4700:4700::1111/128',
      words.pool6,
      words.block6,
      words.pod6,
    ]);
  const net4 = () =>
    random.pick(['0.0.0.0/0', '8.8.8.0/24', '1.1.1.1/32', '10.244.0.0/16', words.pod4, '::ffff:1.1.1.0/120']);
  /** Mostly of one family: the other is what people forget. */
  const nets = () => {
    const [first, second] = isLucky(5) ? [net6, net4] : random.pick([[net6, net6] as const, [net4, net4] as const]);
    return isLucky(2) ? [first()] : [first(), second()];
  };
  const without = () => nets().filter((net) => !net.endsWith('/0') || isLucky(4));

  const labelSelector = (): Json =>
    random.pick<Json>([
      {},
      {},
      { matchLabels: { app: random.pick(['checkout', 'payments', 'reports', 'coredns']) } },
      { matchExpressions: [{ key: 'app', operator: random.pick(['In', 'NotIn']), values: ['checkout', 'payments'] }] },
      { matchExpressions: [{ key: 'app', operator: random.pick(['Exists', 'DoesNotExist']) }] },
    ]);
  const namespaceSelector = (): Json =>
    random.pick<Json>([
      {},
      { matchLabels: { team: random.pick(['web', 'core']) } },
      { matchExpressions: [{ key: 'team', operator: random.pick(['In', 'NotIn']), values: ['web'] }] },
      { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
    ]);

  const block = () =>
    random.pick<Json>([
      { cidr: '::/0' },
      { cidr: '0.0.0.0/0' },
      { cidr: '2000::/3', except: ['2606:4700::/32'] },
      { cidr: '::/0', except: [words.pool6, '2001:4860:4860::8888/128'] },
      { cidr: '0.0.0.0/0', except: ['8.0.0.0/8', words.pod4] },
      { cidr: words.pool6, except: [words.block6] },
      { cidr: '10.0.0.0/8' },
    ]);
  const kubernetesPeer = () =>
    random.pick<Json>([
      { ipBlock: block() },
      { ipBlock: block() },
      { podSelector: labelSelector() },
      { namespaceSelector: namespaceSelector() },
      { namespaceSelector: namespaceSelector(), podSelector: labelSelector() },
    ]);
  const kubernetesPort = () =>
    random.pick<Json>([
      { port: 443 },
      { protocol: 'TCP', port: 80, endPort: 500 },
      { port: 1, endPort: 100 },
      { port: 8_080 },
      { protocol: 'TCP' },
      { protocol: 'UDP', port: 443 },
      { port: 'https' },
    ]);

  const protocol = () =>
    random.pick<Json>([{ protocol: 'TCP' }, { protocol: 6 }, { protocol: 'TCP' }, { protocol: 'UDP' }]);
  const ports = () => random.pick([[443], [80, '400:500'], ['1:100', 8_080], [443, 80, 7, 8_080]]);
  const chosen = () =>
    random.pick<Json>([
      { selector: random.pick(peers) },
      { selector: random.pick(peers) },
      { notSelector: random.pick(peers) },
      { namespaceSelector: random.pick([...namespaces, 'global()']) },
      { namespaceSelector: random.pick([...namespaces, 'global()']), selector: random.pick(peers) },
      { selector: random.pick(peers), notSelector: random.pick(peers) },
      { serviceAccounts: { names: [random.pick(['default', 'keeper'])] } },
      { serviceAccounts: { selector: random.pick(accounts) }, namespaceSelector: 'all()' },
    ]);
  const side = (): Json =>
    random.pick<() => Json>([
      () => ({}),
      () => ({}),
      () => ({ nets: nets() }),
      () => ({ nets: nets() }),
      () => ({ notNets: without() }),
      () => ({ nets: nets(), notNets: without() }),
      chosen,
      chosen,
      () => ({ ...chosen(), nets: nets() }),
    ])();
  const calicoRule = (): Json => {
    const hasPorts = isLucky(4);
    const doors = hasPorts ? { [random.pick(['ports', 'ports', 'notPorts'])]: ports() } : {};
    const spoken = random.pick([
      protocol,
      () => ({}),
      () => ({}),
      () => ({ notProtocol: random.pick(['UDP', 'TCP', 132]) }),
    ]);
    return {
      action: random.pick(['Allow', 'Allow', 'Allow', 'Deny', 'Deny', 'Deny', 'Pass', 'Log']),
      ...sometimes(5, () => ({ ipVersion: random.pick([4, 6]) })),
      // Packet filters take one condition on the protocol, and ports only with one.
      ...(hasPorts ? protocol() : spoken()),
      ...sometimes(3, () => ({ source: side() })),
      destination: { ...side(), ...doors },
    };
  };

  const clusterRule = (): Json => ({
    action: random.pick(['Accept', 'Deny', 'Deny', 'Pass']),
    to: several(
      3,
      () =>
        random.pick<Json>([
          { networks: nets() },
          { networks: nets() },
          { namespaces: namespaceSelector() },
          { pods: { namespaceSelector: namespaceSelector(), podSelector: labelSelector() } },
        ]),
      1,
    ),
    ...sometimes(2, () => ({
      protocols: [
        random.pick<Json>([
          { tcp: { destinationPort: { number: 443 } } },
          { tcp: { destinationPort: { range: { start: 1, end: 100 } } } },
          { tcp: {} },
          { udp: { destinationPort: { number: 443 } } },
        ]),
      ],
    })),
  });

  return {
    kubernetes(): Json {
      const egress = several(3, () => ({
        ...sometimes(2, () => ({ ports: several(2, kubernetesPort, 1) })),
        ...(isLucky(6) ? {} : { to: several(2, kubernetesPeer, 1) }),
      }));
      const isImplied = egress.length > 0 && isLucky(4);
      return { podSelector: labelSelector(), ...(isImplied ? {} : { policyTypes: ['Egress'] }), egress };
    },
    /** Without types, a stored policy is for both directions and one of the API for what its rules say. */
    calico(isGlobal: boolean): Json {
      const egress = [...several(3, calicoRule), ...(isLucky(4) ? [{ action: random.pick(['Allow', 'Pass']) }] : [])];
      return {
        tier: random.pick(tiers),
        ...random.pick<Json>(orders),
        selector: isLucky(2) ? 'all()' : random.pick(selectors),
        ...sometimes(5, () => ({ serviceAccountSelector: random.pick(accounts) })),
        ...(isGlobal ? sometimes(3, () => ({ namespaceSelector: random.pick(namespaces) })) : {}),
        ...(isLucky(3) ? {} : { types: ['Egress'] }),
        egress,
      };
    },
    cluster(): Json {
      return {
        tier: random.pick(['Admin', 'Admin', 'Baseline']),
        priority: random.pick([5, 5, 900]),
        subject: random.pick<Json>([
          { namespaces: namespaceSelector() },
          { pods: { namespaceSelector: namespaceSelector(), podSelector: labelSelector() } },
        ]),
        egress: several(3, clusterRule, 1),
      };
    },
  };
}
