import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject, Network } from '../../../../lab/contract.ts';
import { backends } from '../../../../lab/network/shape.ts';
import { startNetwork } from '../../../../lab/network/start.ts';
import { makeWorld } from '../../../../lab/network/world.ts';
import { connect, subjectOf } from '../probing.ts';

const [first, second] = makeWorld().anchors;
const a = first!.ipv6;
const b = second!.ipv6;
const v3 = 'projectcalico.org/v3';

const named = (apiVersion: string, kind: string, spec: object, name = 'lab', namespace?: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  spec,
});
const kubernetes = (egress: unknown[], more: object = {}) =>
  named(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { podSelector: {}, policyTypes: ['Egress'], egress, ...more },
    'k8s',
    'shop',
  );
const calico = (egress: unknown[], more: object = {}) =>
  named(
    v3,
    'NetworkPolicy',
    { selector: "app == 'checkout'", types: ['Egress'], egress, order: 10, ...more },
    'own',
    'shop',
  );
const global = (egress: unknown[], more: object = {}) =>
  named(
    v3,
    'GlobalNetworkPolicy',
    { selector: "app == 'checkout'", types: ['Egress'], egress, order: 10, ...more },
    'all',
  );
const cluster = (tier: string, egress: unknown[]) =>
  named('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', {
    tier,
    priority: 5,
    subject: { namespaces: {} },
    egress,
  });
const set = named(v3, 'GlobalNetworkSet', { nets: ['2606:4700::/32', '1.1.1.0/24'] }, 'feed');
const threats: KubeObject = { ...set, metadata: { name: 'feed', labels: { feed: 'threats' } } };
const everything = { to: [{ ipBlock: { cidr: '::/0' } }, { ipBlock: { cidr: '0.0.0.0/0' } }] };

interface Case {
  readonly what: string;
  readonly objects: readonly KubeObject[];
  /** TCP 443 and 80 of one address, 443 of another, and IPv4: `+` for open. */
  readonly opens: string;
}

const cases: readonly Case[] = [
  { what: 'nothing', objects: [], opens: '++++' },
  { what: 'an egress policy without rules', objects: [kubernetes([])], opens: '----' },
  {
    what: 'a policy for others',
    objects: [kubernetes([], { podSelector: { matchLabels: { app: 'x' } } })],
    opens: '++++',
  },
  {
    what: 'an IPv6 block with an exception, and a range of ports',
    objects: [
      kubernetes([
        { to: [{ ipBlock: { cidr: '2000::/3', except: ['2606::/16'] } }], ports: [{ port: 400, endPort: 500 }] },
      ]),
    ],
    opens: '+---',
  },
  {
    what: 'two policies that add up',
    objects: [kubernetes([{ to: [{ ipBlock: { cidr: `${b}/128` } }] }]), calico([{ action: 'Allow', ipVersion: 4 }])],
    opens: '--++',
  },
  {
    what: 'networks, exceptions and ports at once',
    objects: [
      calico([
        {
          action: 'Allow',
          protocol: 'TCP',
          destination: {
            nets: ['2001:4860::/32', '2606::/16'],
            notNets: ['2606:4700::/32', 'fd00::/8'],
            ports: [443, '8000:8100'],
          },
        },
      ]),
    ],
    opens: '+---',
  },
  {
    what: 'a protocol that is not meant',
    objects: [
      calico([
        { action: 'Deny', notProtocol: 'TCP' },
        { action: 'Allow', protocol: 6 },
      ]),
    ],
    opens: '++++',
  },
  {
    what: 'ports that are not meant',
    objects: [calico([{ action: 'Deny', protocol: 'TCP', destination: { notPorts: [443] } }, { action: 'Allow' }])],
    opens: '+-++',
  },
  {
    what: 'IPv4 networks in a rule without a version',
    objects: [calico([{ action: 'Allow', destination: { notNets: ['10.0.0.0/8'] } }])],
    opens: '---+',
  },
  {
    what: 'a catch-all among exceptions',
    objects: [
      calico([
        { action: 'Allow', destination: { notNets: ['::/0'] } },
        { action: 'Allow', ipVersion: 4 },
      ]),
    ],
    opens: '---+',
  },
  {
    what: 'a set of networks by its label',
    objects: [
      threats,
      global([
        { action: 'Deny', destination: { selector: "feed == 'threats'", namespaceSelector: 'global()' } },
        { action: 'Allow' },
      ]),
    ],
    opens: '++-+',
  },
  {
    what: 'everything but a set of networks',
    objects: [threats, global([{ action: 'Allow', destination: { notSelector: "feed == 'threats'" } }])],
    opens: '++-+',
  },
  {
    what: 'a source that another pod has',
    objects: [calico([{ action: 'Deny', source: { selector: "app == 'payments'" } }, { action: 'Allow' }])],
    opens: '++++',
  },
  {
    what: 'a source that the pod has',
    objects: [calico([{ action: 'Deny', source: { selector: "app == 'checkout'" } }, { action: 'Allow' }])],
    opens: '----',
  },
  {
    what: 'a Deny before a Kubernetes allow',
    objects: [calico([{ action: 'Deny', ipVersion: 6 }]), kubernetes([everything])],
    opens: '---+',
  },
  {
    what: 'a Deny after a Kubernetes allow',
    objects: [calico([{ action: 'Deny' }], { order: 2_000 }), kubernetes([everything])],
    opens: '++++',
  },
  {
    what: 'a tier that passes one family on and ends',
    objects: [
      named(v3, 'Tier', { order: 50, defaultAction: 'Deny' }, 'early'),
      calico([{ action: 'Pass', ipVersion: 4 }], { tier: 'early' }),
      kubernetes([everything]),
    ],
    opens: '---+',
  },
  {
    what: 'a tier whose end is Pass',
    objects: [
      named(v3, 'Tier', { order: 50, defaultAction: 'Pass' }, 'early'),
      calico([{ action: 'Log' }], { tier: 'early' }),
    ],
    opens: '++++',
  },
  {
    what: 'a tier that does not exist',
    objects: [calico([{ action: 'Allow', ipVersion: 4 }], { tier: 'nowhere' })],
    opens: '---+',
  },
  {
    what: 'an administrator’s Accept over a namespace’s isolation',
    objects: [cluster('Admin', [{ action: 'Accept', to: [{ networks: ['2000::/3'] }] }]), kubernetes([])],
    opens: '+++-',
  },
  {
    what: 'an administrator’s Deny of a port over a namespace’s allow',
    objects: [
      cluster('Admin', [
        { action: 'Deny', to: [{ networks: ['::/0'] }], protocols: [{ tcp: { destinationPort: { number: 443 } } }] },
      ]),
      kubernetes([everything]),
    ],
    opens: '-+-+',
  },
  {
    what: 'a Baseline Deny that nothing precedes',
    objects: [cluster('Baseline', [{ action: 'Deny', to: [{ networks: ['::/0'] }] }])],
    opens: '---+',
  },
  {
    what: 'a Baseline Deny after an allow',
    objects: [cluster('Baseline', [{ action: 'Deny', to: [{ networks: ['::/0'] }] }]), kubernetes([everything])],
    opens: '++++',
  },
  {
    what: 'an ingress policy',
    objects: [calico([], { types: ['Ingress'], ingress: [{ action: 'Deny' }] })],
    opens: '++++',
  },
  {
    what: 'a staged policy',
    objects: [{ ...global([{ action: 'Deny' }]), kind: 'StagedGlobalNetworkPolicy' }],
    opens: '++++',
  },
  {
    what: 'a policy of the service account',
    objects: [
      global([{ action: 'Allow', ipVersion: 4 }], {
        selector: '',
        serviceAccountSelector: "projectcalico.org/name == 'default'",
      }),
    ],
    opens: '---+',
  },
];

describe.each(backends)('lab/network/agent: %s', (backend) => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork(makeWorld({ seed: 44, shape: { backend } }));
  });
  afterAll(() => network?.close());

  it.each(cases)('lets packets obey $what', async ({ objects, opens }) => {
    const pod = subjectOf(network.world);
    await network.enforce([...network.world.objects, ...objects]);

    const doors = [
      [a, 443],
      [a, 80],
      [b, 443],
      [first!.ipv4, 443],
    ] as const;
    const seen = await Promise.all(
      doors.map(([address, port], at) => connect(network, pod, address, port, opens[at] === '+' ? 4 : 0.7)),
    );
    expect(seen).toEqual([...opens].map((sign) => (sign === '+' ? 'open' : 'silence')));
  });

  it('answers what is denied where Felix is told to reject', async () => {
    const reject = network.world.objects.map((each) =>
      each.kind === 'FelixConfiguration'
        ? { ...each, spec: { ...(each.spec as object), iptablesFilterDenyAction: 'Reject' } }
        : each,
    );
    await network.enforce([...reject, kubernetes([])]);

    expect(await connect(network, subjectOf(network.world), a)).toBe('Connection refused');
    await network.enforce(network.world.objects);
  });

  it('writes what changed alone: other counters go on, and rules of others stay', async () => {
    const { world } = network;
    const node = { node: world.subject.node };
    const command = backend === 'legacy' ? 'ip6tables-legacy' : 'ip6tables-nft';
    const list = backend === 'nftables' ? 'nft list table ip6 calico' : `${command}-save -c`;
    await network.enforce(world.objects);
    await network.shell(node, `${command} -I FORWARD 1 -s 2001:db8:77::/64 -j DROP`);
    expect(await connect(network, subjectOf(world), a)).toBe('open');
    const counted = async () =>
      (await network.shell(node, `${list} | grep 'Profile kns.shop egress' | grep -v '\\[0:0\\]\\|packets 0 '`)).trim();
    expect(await counted()).not.toBe('');

    await network.enforce([...world.objects, kubernetes([], { podSelector: { matchLabels: { app: 'payments' } } })]);

    expect(await counted()).not.toBe('');
    expect(await network.shell(node, `${command} -S FORWARD`)).toContain('2001:db8:77::/64');
    await network.shell(node, `${command} -D FORWARD 1`);
  });
});
