import type { StoredObject } from '../../src/evidence/objects.ts';
import { type Layer, manifestFor, type Wish } from '../../src/remediation/manifest.ts';

/** When the API server takes the objects in, as creationTimestamp has it. */
export const born = new Date('2026-01-12T08:00:00Z');
export const layers: readonly Layer[] = ['network-policy', 'calico-tier', 'cluster-network-policy'];

const wish: Wish = {
  ...{ id: 'r0123456789abcdefghi', namespace: 'shop', requestedBy: 'U0ASKER', requestId: 'run' },
  ...{ matchLabels: { app: 'checkout' }, matchExpressions: [], exclusions: ['fe80::/10', 'fd00:ec2::254/128'] },
  ...{ expiresAt: new Date(born.getTime() + 30 * 60_000), only: null },
};
const expressions = [
  { key: 'tier', operator: 'In', values: ['web', 'api'] },
  { key: 'track', operator: 'NotIn', values: ['canary'] },
  { key: 'team.example.com/name', operator: 'Exists' },
  { key: 'legacy', operator: 'DoesNotExist' },
];

/** Everything that the planner emits, per API. */
export const wishes: Readonly<Record<string, Wish>> = {
  'all of IPv6': wish,
  'all of IPv6, without exclusions': { ...wish, exclusions: [] },
  'one destination': { ...wish, only: [{ address: '2001:db8::1', port: 443 }] },
  'two destinations': { ...wish, only: ['2001:db8::1', '2001:db8::2'].map((address) => ({ address, port: 53 })) },
  'a selector with expressions': { ...wish, matchExpressions: expressions },
  'the longest life': { ...wish, expiresAt: new Date(born.getTime() + 240 * 60_000) },
};

export type Json = Record<string, unknown>;

/** An object as the API server shows it to admission: with its birth. */
export const stored = (object: StoredObject): StoredObject => ({
  ...object,
  metadata: { ...object.metadata, creationTimestamp: '2026-01-12T08:00:00Z' },
});

/** A copy that a test may spoil. */
export function copyOf(
  object: StoredObject,
): { metadata: Json & { labels: Json; annotations: Json }; spec: Json } & Json {
  return structuredClone(object) as unknown as ReturnType<typeof copyOf>; // our own literals have all of them
}

export const ours = (layer: Layer, change: Partial<Wish> = {}): StoredObject =>
  stored(manifestFor(layer, { ...wish, ...change }));

type Spoil = (object: ReturnType<typeof copyOf>) => void;
interface Crossing {
  readonly what: string;
  readonly layer: Layer;
  readonly spoil: Spoil;
  /** Of the message. */
  readonly words: RegExp;
}

const everywhere = (what: string, words: RegExp, spoil: Spoil): Crossing[] =>
  layers.map((layer) => ({ what, layer, words, spoil }));
const only = (layer: Layer, what: string, words: RegExp, spoil: Spoil): Crossing => ({ what, layer, words, spoil });
const rule = ({ spec }: { spec: Json }): Json => (spec.egress as Json[])[0] ?? {};
const [np, calico, cnp] = ['network-policy', 'calico-tier', 'cluster-network-policy'] as const;
const expiry = 'ipv6check.dev/expires-at';

/** What a stolen credential of the writer might want, one step away from what it may have. */
export const crossings: readonly Crossing[] = [
  ...everywhere('without an end', /says its end/, ({ metadata }) => delete metadata.annotations[expiry]),
  ...everywhere('without annotations', /says its end/, ({ metadata }) => delete (metadata as Json).annotations),
  ...everywhere('with an end that is no time', /says its end/, ({ metadata }) => {
    metadata.annotations[expiry] = 'tomorrow';
  }),
  ...everywhere('with an end in another zone', /says its end/, ({ metadata }) => {
    metadata.annotations[expiry] = '2026-01-12T09:00:00+02:00';
  }),
  ...everywhere('that lives a second too long', /not within 240 minutes/, ({ metadata }) => {
    metadata.annotations[expiry] = '2026-01-12T12:00:01Z';
  }),
  ...everywhere('that ended before it began', /not within 240 minutes/, ({ metadata }) => {
    metadata.annotations[expiry] = '2026-01-12T07:59:59Z';
  }),
  ...everywhere('with a finalizer', /finalizer/, ({ metadata }) => {
    metadata.finalizers = ['example.com/stay'];
  }),
  ...everywhere('without our label', /bears the labels/, ({ metadata }) => {
    metadata.labels['app.kubernetes.io/managed-by'] = 'Helm';
  }),
  ...everywhere(
    'without the id',
    /bears the labels/,
    ({ metadata }) => delete metadata.labels['ipv6check.dev/remediation'],
  ),
  ...everywhere('without labels', /bears the labels/, ({ metadata }) => delete (metadata as Json).labels),
  // Of two policies that refuse, either may be heard.
  ...everywhere('under another name', /bears the labels|tier ipv6check/, ({ metadata }) => {
    metadata.name = 'allow-all';
  }),
  ...everywhere('with an id that is none', /bears the labels|tier ipv6check/, ({ metadata }) => {
    metadata.labels['ipv6check.dev/remediation'] = 'mine';
    metadata.name = 'ipv6check-mine';
  }),
  ...everywhere('about ingress', /policyTypes|types|about ingress/, ({ spec }) => {
    spec.ingress = [{}];
  }),
  ...everywhere('without a rule', /without a rule|allows IPv6|accepts IPv6/, ({ spec }) => delete spec.egress),

  only(np, 'that isolates ingress, too', /policyTypes/, ({ spec }) => {
    spec.policyTypes = ['Egress', 'Ingress'];
  }),
  only(np, 'that leaves its types to a default', /policyTypes/, ({ spec }) => delete spec.policyTypes),
  only(np, 'for IPv4', /IPv6 blocks/, (object) => {
    rule(object).to = [{ ipBlock: { cidr: '0.0.0.0/0' } }];
  }),
  only(np, 'for both families', /IPv6 blocks/, (object) => {
    rule(object).to = [{ ipBlock: { cidr: '::/0' } }, { ipBlock: { cidr: '192.0.2.0/24' } }];
  }),
  only(np, 'for everywhere', /IPv6 blocks/, (object) => delete rule(object).to),
  only(np, 'for pods', /IPv6 blocks/, (object) => {
    rule(object).to = [{ podSelector: {} }];
  }),
  only(np, 'of all pods', /selects pods by a label/, ({ spec }) => {
    spec.podSelector = {};
  }),
  only(np, 'of all pods but a few', /selects pods by a label/, ({ spec }) => {
    spec.podSelector = { matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] };
  }),

  only(calico, 'that denies', /does nothing else/, (object) => {
    rule(object).action = 'Deny';
  }),
  only(calico, 'that passes', /does nothing else/, ({ spec }) => {
    (spec.egress as Json[]).push({ action: 'Pass' });
  }),
  only(calico, 'for IPv4', /does nothing else/, (object) => {
    rule(object).ipVersion = 4;
  }),
  only(calico, 'for both families', /does nothing else/, (object) => delete rule(object).ipVersion),
  only(calico, 'with networks of IPv4', /are IPv6/, (object) => {
    rule(object).destination = { nets: ['2001:db8::/64', '192.0.2.0/24'] };
  }),
  only(calico, 'in the default tier', /tier ipv6check/, ({ spec }) => {
    spec.tier = 'default';
  }),
  only(calico, 'in no tier', /tier ipv6check/, ({ spec }) => delete spec.tier),
  only(calico, 'that isolates ingress, too', /types \[Egress\]/, ({ spec }) => {
    spec.types = ['Egress', 'Ingress'];
  }),
  only(calico, 'that leaves its types to a default', /types \[Egress\]/, ({ spec }) => delete spec.types),
  ...[
    '',
    'all()',
    'has(app)',
    '!has(app)',
    "app == 'a' || has(app)",
    "app == 'a' && has(b) || has(app)",
    "app != 'a'",
    "app == 'a' && all()",
  ].map((selector) =>
    only(calico, `of whom "${selector}" means`, /could mean all/, ({ spec }) => {
      spec.selector = selector;
    }),
  ),
  only(calico, 'of everybody, by silence', /could mean all/, ({ spec }) => delete spec.selector),

  only(cnp, 'that denies', /does nothing else/, (object) => {
    rule(object).action = 'Deny';
  }),
  only(cnp, 'that passes', /does nothing else/, (object) => {
    rule(object).action = 'Pass';
  }),
  only(cnp, 'for IPv4', /does nothing else/, (object) => {
    rule(object).to = [{ networks: ['2000::/3', '0.0.0.0/0'] }];
  }),
  only(cnp, 'for namespaces', /does nothing else/, (object) => {
    rule(object).to = [{ namespaces: {} }];
  }),
  only(cnp, 'in the Baseline tier', /Baseline/, ({ spec }) => {
    spec.tier = 'Baseline';
  }),
  only(cnp, 'of all pods', /selects pods by a label/, ({ spec }) => {
    ((spec.subject as Json).pods as Json).podSelector = {};
  }),
  only(cnp, 'of whole namespaces', /about namespace ""/, ({ spec }) => {
    spec.subject = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
  }),
  only(cnp, 'of every namespace', /about namespace ""/, ({ spec }) => {
    ((spec.subject as Json).pods as Json).namespaceSelector = {};
  }),
];

/** Group and plural, as a path of the API has them. */
export const resourceOf = (
  layer: Layer,
): { readonly group: string; readonly version: string; readonly resource: string } =>
  ({
    'network-policy': { group: 'networking.k8s.io', version: 'v1', resource: 'networkpolicies' },
    'calico-tier': { group: 'projectcalico.org', version: 'v3', resource: 'networkpolicies' },
    'cluster-network-policy': {
      ...{ group: 'policy.networking.k8s.io', version: 'v1alpha2', resource: 'clusternetworkpolicies' },
    },
  })[layer];
