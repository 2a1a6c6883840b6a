import { describe, expect, it } from 'vitest';
import { resourceOfKind } from '../../../../lab/cluster/resources.ts';
import { Refusal } from '../../../../lab/cluster/status.ts';
import { prepare } from '../../../../lab/cluster/validate/prepare.ts';

/** `accepted`, or the code and the message of the refusal. */
function judged(apiVersion: string, kind: string, spec: unknown, metadata: object = {}): string {
  const resource = resourceOfKind(apiVersion, kind)!;
  try {
    prepare(
      resource,
      { apiVersion, kind, metadata: { name: 'x', ...metadata }, ...(spec === undefined ? {} : { spec }) },
      'Strict',
    );
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.reply.code} ${error.message}`;
  }
}

const kubernetes = (spec: unknown, metadata: object = {}) =>
  judged(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    typeof spec === 'object' ? { podSelector: {}, ...spec } : spec,
    metadata,
  );
const block = (ipBlock: object) => kubernetes({ egress: [{ to: [{ ipBlock }] }] });
const calico = (rule: object) => judged('projectcalico.org/v3', 'NetworkPolicy', { types: ['Egress'], egress: [rule] });
const calicoSpec = (spec: unknown) => judged('projectcalico.org/v3', 'NetworkPolicy', spec);
const gnp = (spec: object) => judged('projectcalico.org/v3', 'GlobalNetworkPolicy', spec);
const rule = { action: 'Accept', to: [{ networks: ['::/0'] }] };
const cnp = (over: object) =>
  judged('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', {
    tier: 'Admin',
    priority: 0,
    subject: { namespaces: {} },
    egress: [rule],
    ...over,
  });

describe('lab/cluster/validate/prepare', () => {
  it.each`
    cidr                     | answer
    ${'2001:db8::/64'}       | ${'accepted'}
    ${'10.0.0.0/8'}          | ${'accepted'}
    ${'2001:DB8:0::/64'}     | ${'accepted'}
    ${'foo'}                 | ${'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'}
    ${'2001:db8::'}          | ${'must be a valid CIDR value'}
    ${'::/129'}              | ${'must be a valid CIDR value'}
    ${'fe80::%eth0/64'}      | ${'must be a valid CIDR value'}
    ${'2001:db8::1/64'}      | ${'must not have bits set beyond the prefix length'}
    ${'10.0.0.1/8'}          | ${'must not have bits set beyond the prefix length'}
    ${'::ffff:10.0.0.0/104'} | ${'must not have an IPv4-mapped IPv6 address'}
    ${'010.0.0.0/8'}         | ${'must not have leading 0s in IP or prefix length'}
    ${'10.0.0.0/08'}         | ${'must not have leading 0s in IP or prefix length'}
  `('judges the block $cidr as $answer', ({ cidr, answer }) => {
    const said = block({ cidr });

    expect(said).toContain(answer);
    if (answer !== 'accepted')
      expect(said).toMatch(/^422 .*spec\.egress\[0\]\.to\[0\]\.ipBlock\.cidr: Invalid value: /);
  });

  it.each`
    situation               | said                                                                                  | answer
    ${'a wider except'}     | ${block({ cidr: '10.1.0.0/16', except: ['10.0.0.0/8'] })}                             | ${'except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`'}
    ${'an equal except'}    | ${block({ cidr: '::/0', except: ['::/0'] })}                                          | ${'must be a strict subset of `cidr`'}
    ${'mixed families'}     | ${block({ cidr: '::/0', except: ['10.0.0.0/8'] })}                                    | ${'must be a strict subset of `cidr`'}
    ${'a proper except'}    | ${block({ cidr: '::/0', except: ['fe80::/10'] })}                                     | ${'accepted'}
    ${'block and selector'} | ${kubernetes({ egress: [{ to: [{ ipBlock: { cidr: '::/0' }, podSelector: {} }] }] })} | ${'Forbidden: may not specify both ipBlock and another peer'}
    ${'an empty peer'}      | ${kubernetes({ egress: [{ to: [{}] }] })}                                             | ${'spec.egress[0].to[0]: Required value: must specify a peer'}
    ${'ICMPv6'}             | ${kubernetes({ egress: [{ ports: [{ protocol: 'ICMPv6' }] }] })}                      | ${'Unsupported value: "ICMPv6": supported values: "TCP", "UDP", "SCTP"'}
    ${'three types'}        | ${kubernetes({ policyTypes: ['Egress', 'Egress', 'Ingress'] })}                       | ${'may not specify more than two policyTypes'}
    ${'a repeated type'}    | ${kubernetes({ policyTypes: ['Egress', 'Egress'] })}                                  | ${'accepted'}
    ${'inert egress rules'} | ${kubernetes({ policyTypes: ['Ingress'], egress: [{}] })}                             | ${'accepted'}
    ${'a number as type'}   | ${kubernetes({ policyTypes: 'Egress' })}                                              | ${'400 NetworkPolicy in version "v1" cannot be handled as a NetworkPolicy: json: cannot unmarshal string'}
    ${'an unknown field'}   | ${kubernetes({ foo: 1 })}                                                             | ${'400 strict decoding error: unknown field "spec.foo"'}
    ${'port 70000'}         | ${kubernetes({ egress: [{ ports: [{ port: 70_000 }] }] })}                            | ${'must be between 1 and 65535, inclusive'}
    ${'a dotted name'}      | ${kubernetes({}, { name: 'a.b' })}                                                    | ${'accepted'}
    ${'capital letters'}    | ${kubernetes({}, { name: 'Abc' })}                                                    | ${'a lowercase RFC 1123 subdomain'}
    ${'a long label'}       | ${kubernetes({}, { labels: { a: 'x'.repeat(64) } })}                                  | ${'must be no more than 63 bytes'}
    ${'long annotations'}   | ${kubernetes({}, { annotations: { a: 'x'.repeat(262_144) } })}                        | ${'metadata.annotations: Too long: may not be more than 262144 bytes'}
  `('judges a NetworkPolicy with $situation', ({ said, answer }) => {
    expect(said).toContain(answer);
  });

  it.each`
    situation               | said                                                                                                | answer
    ${'a small letter'}     | ${calico({ action: 'allow' })}                                                                      | ${'spec.egress[0].action: Unsupported value: "allow": supported values: "Allow", "Deny", "Log", "Pass"'}
    ${'no action'}          | ${calico({})}                                                                                       | ${'spec.egress[0].action: Required value'}
    ${'ipVersion 5'}        | ${calico({ action: 'Allow', ipVersion: 5 })}                                                        | ${'Unsupported value: 5'}
    ${'ipVersion as text'}  | ${calico({ action: 'Allow', ipVersion: '6' })}                                                      | ${'spec.egress[0].ipVersion in body must be of type integer: "string"'}
    ${'no types'}           | ${calicoSpec({ types: [] })}                                                                        | ${'spec.types in body should have at least 1 items'}
    ${'a repeated type'}    | ${calicoSpec({ types: ['Egress', 'Egress'] })}                                                      | ${'spec.types[1]: Duplicate value: "Egress"'}
    ${'an order as text'}   | ${calicoSpec({ order: '1' })}                                                                       | ${'spec.order in body must be of type number: "string"'}
    ${'no spec'}            | ${calicoSpec(undefined)}                                                                            | ${'spec: Required value'}
    ${'ICMPv6 over IPv4'}   | ${calico({ action: 'Allow', protocol: 'ICMPv6', ipVersion: 4 })}                                    | ${'protocol ICMPv6 requires ipVersion 6'}
    ${'icmp over TCP'}      | ${calico({ action: 'Allow', protocol: 'TCP', icmp: { type: 1 } })}                                  | ${'ICMP fields require protocol to be ICMP or ICMPv6'}
    ${'a code alone'}       | ${calico({ action: 'Allow', protocol: 'ICMP', icmp: { code: 1 } })}                                 | ${'ICMP code specified without an ICMP type'}
    ${'a repeated net'}     | ${calico({ action: 'Allow', destination: { nets: ['::/0', '::/0'] } })}                             | ${'Duplicate value: "::/0"'}
    ${'51 ports'}           | ${calico({ action: 'Allow', destination: { ports: Array.from({ length: 51 }, (_, i) => i) } })}     | ${'Too many: 51: must have at most 50 items'}
    ${'global() elsewhere'} | ${calico({ action: 'Allow', destination: { selector: 'global()' } })}                               | ${'global() can only be used in an EntityRule namespaceSelector'}
    ${'preDNAT egress'}     | ${gnp({ preDNAT: true, applyOnForward: true, egress: [{ action: 'Allow' }] })}                      | ${'preDNAT policy cannot have any egress rules'}
    ${'doNotTrack alone'}   | ${gnp({ doNotTrack: true, applyOnForward: false })}                                                 | ${'applyOnForward must be true if either preDNAT or doNotTrack is true'}
    ${'a changed own tier'} | ${judged('projectcalico.org/v3', 'Tier', { order: 5, defaultAction: 'Deny' }, { name: 'default' })} | ${'must have order 1000000'}
    ${'an unchecked rest'}  | ${calico({ action: 'allow' })}                                                                      | ${'<nil>: Invalid value: null: some validation rules were not checked because the object was invalid'}
  `('refuses Calico policy with $situation', ({ said, answer }) => {
    expect(said).toMatch(/^422 /);
    expect(said).toContain(answer);
  });

  it.each([
    { destination: { nets: ['foo', '2001:db8::1/64', '10.0.0.0/8'] }, ipVersion: 4 },
    { protocol: 'FOO' },
    { protocol: 300 },
    { destination: { ports: [70_000, 'x:y:z'] } },
    { destination: { selector: 'app = ' } },
  ])('accepts %j from Calico’s schema, wrong though it is', (fields) => {
    expect(calico({ action: 'Allow', ...fields })).toBe('accepted');
  });

  it.each`
    situation              | said                                                                            | answer
    ${'a complete policy'} | ${cnp({})}                                                                      | ${'accepted'}
    ${'Allow'}             | ${cnp({ egress: [{ ...rule, action: 'Allow' }] })}                              | ${'Unsupported value: "Allow": supported values: "Accept", "Deny", "Pass"'}
    ${'no peers'}          | ${cnp({ egress: [{ action: 'Accept', to: [] }] })}                              | ${'should have at least 1 items'}
    ${'no to'}             | ${cnp({ egress: [{ action: 'Accept' }] })}                                      | ${'spec.egress[0].to: Required value'}
    ${'a two-faced peer'}  | ${cnp({ egress: [{ ...rule, to: [{ networks: ['::/0'], namespaces: {} }] }] })} | ${'422 '}
    ${'no network'}        | ${cnp({ egress: [{ ...rule, to: [{ networks: ['foo'] }] }] })}                  | ${'422 '}
    ${'priority 1001'}     | ${cnp({ priority: 1001 })}                                                      | ${'should be less than or equal to 1000'}
    ${'another tier'}      | ${cnp({ tier: 'default' })}                                                     | ${'Unsupported value: "default": supported values: "Admin", "Baseline"'}
    ${'no subject'}        | ${cnp({ subject: {} })}                                                         | ${'spec.subject in body should have at least 1 properties'}
  `('judges a ClusterNetworkPolicy with $situation', ({ said, answer }) => {
    expect(said).toContain(answer);
  });

  it.each`
    sent                                                                        | stored
    ${{}}                                                                       | ${{ podSelector: {}, policyTypes: ['Ingress'] }}
    ${{ egress: [] }}                                                           | ${{ podSelector: {}, policyTypes: ['Ingress'] }}
    ${{ egress: [{}] }}                                                         | ${{ podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [{}] }}
    ${{ policyTypes: ['Egress'], egress: [{ to: [], ports: [{ port: 53 }] }] }} | ${{ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] }}
  `('defaults $sent', ({ sent, stored }) => {
    const resource = resourceOfKind('networking.k8s.io/v1', 'NetworkPolicy')!;

    expect(prepare(resource, { metadata: { name: 'x' }, spec: sent }, 'Strict').object.spec).toEqual(stored);
  });

  it('warns of an address that is not written canonically', () => {
    const resource = resourceOfKind('networking.k8s.io/v1', 'NetworkPolicy')!;
    const spec = { egress: [{ to: [{ ipBlock: { cidr: 'FD00:0::/64' } }] }] };

    expect(prepare(resource, { metadata: { name: 'x' }, spec }, 'Warn').warnings[0]).toContain(
      'should be in RFC 5952 canonical format ("fd00::/64")',
    );
  });

  it('does not default types for Calico, only the tier', () => {
    const resource = resourceOfKind('projectcalico.org/v3', 'NetworkPolicy')!;
    const sent = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'NetworkPolicy',
      metadata: { name: 'x' },
      spec: { egress: [] },
    };

    expect(prepare(resource, sent, 'Strict').object.spec).toEqual({ egress: [], tier: 'default' });
  });
});
