import { describe, expect, it } from 'vitest';
import { ask, cart, clusterFrom, db, outside, web, world } from './ask.ts';

const cnp = (spec: string, name = 'p') =>
  `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;
const gnp = (spec: string, name = 'g') =>
  `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const allow = (rule: string) => cnp(`{types: [Egress], egress: [{action: Allow, ${rule}}]}`);
const allowGlobally = (rule: string) =>
  gnp(`{namespaceSelector: "has(team)", types: [Egress], egress: [{action: Allow, ${rule}}]}`);

const sets = `
{apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: s, namespace: shop, labels: {role: feed}}, spec: {nets: ["2001:db8:f::/48"]}}
---
{apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: s, namespace: data, labels: {role: feed}}, spec: {nets: ["2001:db8:e::/48"]}}
---
{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: s, labels: {role: feed}}, spec: {nets: ["2001:db8:d::/48", 203.0.113.0/24]}}
---
`;
const [ofShop, ofData, ofNobody] = ['2001:db8:f::1', '2001:db8:e::1', '2001:db8:d::1'];

function judge(yaml: string, to: string, more: { port?: number | null; protocol?: string; icmpType?: number } = {}) {
  return ask(clusterFrom(`${world}${sets}${yaml}`), { to, ...more }).allowed;
}

describe('policy/calico-rule', () => {
  it.each`
    destination                                                                       | to          | named    | global
    ${'selector: "role == \'feed\'"'}                                                 | ${ofShop}   | ${true}  | ${true}
    ${'selector: "role == \'feed\'"'}                                                 | ${ofData}   | ${false} | ${true}
    ${'selector: "role == \'feed\'"'}                                                 | ${ofNobody} | ${false} | ${true}
    ${'selector: "role == \'feed\'", namespaceSelector: "global()"'}                  | ${ofNobody} | ${true}  | ${true}
    ${'selector: "role == \'feed\'", namespaceSelector: "global()"'}                  | ${ofShop}   | ${false} | ${false}
    ${'selector: "role == \'feed\'", namespaceSelector: "all()"'}                     | ${ofData}   | ${true}  | ${true}
    ${'selector: "role == \'feed\'", namespaceSelector: "all()"'}                     | ${ofNobody} | ${false} | ${false}
    ${'namespaceSelector: "team == \'data\'"'}                                        | ${db}       | ${true}  | ${true}
    ${'namespaceSelector: "team == \'data\'"'}                                        | ${ofData}   | ${true}  | ${true}
    ${'namespaceSelector: "team == \'data\'"'}                                        | ${cart}     | ${false} | ${false}
    ${'namespaceSelector: "team != \'data\'"'}                                        | ${ofNobody} | ${true}  | ${true}
    ${'namespaceSelector: "team != \'data\'"'}                                        | ${outside}  | ${false} | ${false}
    ${'namespaceSelector: "projectcalico.org/name == \'data\'"'}                      | ${db}       | ${true}  | ${true}
    ${'selector: all()'}                                                              | ${cart}     | ${true}  | ${true}
    ${'selector: all()'}                                                              | ${db}       | ${false} | ${true}
    ${'selector: all()'}                                                              | ${outside}  | ${false} | ${false}
    ${'selector: "!has(role)"'}                                                       | ${ofShop}   | ${false} | ${false}
    ${'selector: "!has(role)"'}                                                       | ${cart}     | ${true}  | ${true}
    ${'notSelector: "app == \'cart\'"'}                                               | ${cart}     | ${false} | ${false}
    ${'notSelector: "app == \'cart\'"'}                                               | ${ofShop}   | ${true}  | ${true}
    ${'notSelector: "app == \'cart\'"'}                                               | ${db}       | ${false} | ${true}
    ${'notSelector: "app == \'cart\'"'}                                               | ${outside}  | ${false} | ${true}
    ${'notSelector: "app == \'cart\'", namespaceSelector: "all()"'}                   | ${db}       | ${true}  | ${true}
    ${'notSelector: "app == \'cart\'", namespaceSelector: "all()"'}                   | ${outside}  | ${false} | ${false}
    ${'serviceAccounts: {names: [store]}'}                                            | ${db}       | ${false} | ${true}
    ${'serviceAccounts: {names: [store]}, namespaceSelector: "all()"'}                | ${db}       | ${true}  | ${true}
    ${'serviceAccounts: {selector: "role == \'store\'"}, namespaceSelector: "all()"'} | ${db}       | ${true}  | ${true}
    ${'serviceAccounts: {selector: "role == \'store\'"}, namespaceSelector: "all()"'} | ${cart}     | ${false} | ${false}
    ${'serviceAccounts: {}'}                                                          | ${outside}  | ${true}  | ${true}
    ${'nets: ["2001:db8::/32"]'}                                                      | ${ofData}   | ${true}  | ${true}
    ${'nets: ["2001:db8::/32"], selector: "role == \'feed\'"'}                        | ${outside}  | ${false} | ${false}
    ${'nets: ["2001:db8:f::/48"], selector: "role == \'feed\'"'}                      | ${ofShop}   | ${true}  | ${true}
    ${'selector: "  "'}                                                               | ${cart}     | ${null}  | ${true}
  `('$destination admits [$to]: $named in a namespace, $global globally', ({ destination, to, named, global }) => {
    expect(judge(allow(`destination: {${destination}}`), to)).toBe(named);
    expect(judge(allowGlobally(`destination: {${destination}}`), to)).toBe(global);
  });

  it.each`
    rule                                                       | to           | expected
    ${'destination: {nets: [10.0.0.0/8]}'}                     | ${outside}   | ${false}
    ${'destination: {notNets: [10.0.0.0/8]}'}                  | ${outside}   | ${false}
    ${'destination: {notNets: [10.0.0.0/8]}'}                  | ${'8.8.8.8'} | ${true}
    ${'destination: {notNets: [10.0.0.0/8, "fc00::/7"]}'}      | ${outside}   | ${true}
    ${'destination: {notNets: ["::/0"]}'}                      | ${outside}   | ${false}
    ${'destination: {notNets: ["::/0", 10.0.0.0/8]}'}          | ${'8.8.8.8'} | ${true}
    ${'destination: {notNets: [0.0.0.0/0]}'}                   | ${'8.8.8.8'} | ${false}
    ${'destination: {notNets: ["::ffff:0.0.0.0/96"]}'}         | ${'8.8.8.8'} | ${false}
    ${'destination: {notNets: ["::ffff:10.0.0.0/104"]}'}       | ${outside}   | ${false}
    ${'destination: {nets: ["::ffff:8.8.8.0/120"]}'}           | ${'8.8.8.8'} | ${true}
    ${'destination: {nets: ["::ffff:8.8.8.0/120"]}'}           | ${outside}   | ${false}
    ${'destination: {nets: [0.0.0.0/0, "::/0"]}'}              | ${outside}   | ${true}
    ${'destination: {nets: ["2001:db8::1"]}'}                  | ${outside}   | ${true}
    ${'ipVersion: 6'}                                          | ${outside}   | ${true}
    ${'ipVersion: 6'}                                          | ${'8.8.8.8'} | ${false}
    ${'ipVersion: 4'}                                          | ${outside}   | ${false}
    ${'ipVersion: 5'}                                          | ${outside}   | ${null}
    ${'source: {nets: [10.0.0.0/8]}'}                          | ${outside}   | ${false}
    ${'source: {nets: ["fd00:10:244::/64"]}'}                  | ${outside}   | ${true}
    ${'source: {notNets: ["fd00:10:244::/64"]}'}               | ${outside}   | ${false}
    ${'source: {notNets: ["fd00:99::/64"]}'}                   | ${outside}   | ${true}
    ${'source: {notNets: [10.0.0.0/8]}'}                       | ${outside}   | ${false}
    ${'source: {selector: "app == \'web\'"}'}                  | ${outside}   | ${true}
    ${'source: {selector: "app == \'cart\'"}'}                 | ${outside}   | ${false}
    ${'source: {notSelector: "app == \'web\'"}'}               | ${outside}   | ${false}
    ${'source: {namespaceSelector: "team == \'web\'"}'}        | ${outside}   | ${true}
    ${'source: {serviceAccounts: {names: [other]}}'}           | ${outside}   | ${false}
    ${'protocol: TCP, destination: {ports: [443]}'}            | ${outside}   | ${true}
    ${'protocol: TCP, destination: {ports: ["440:450", api]}'} | ${outside}   | ${true}
    ${'protocol: TCP, destination: {ports: [440:450]}'}        | ${outside}   | ${true}
    ${'protocol: TCP, destination: {notPorts: ["1:442"]}'}     | ${outside}   | ${true}
    ${'protocol: TCP, destination: {notPorts: [443]}'}         | ${outside}   | ${false}
    ${'protocol: 6'}                                           | ${outside}   | ${true}
    ${'protocol: "6"'}                                         | ${outside}   | ${true}
    ${'protocol: 17'}                                          | ${outside}   | ${false}
    ${'notProtocol: UDP'}                                      | ${outside}   | ${true}
    ${'notProtocol: TCP'}                                      | ${outside}   | ${false}
    ${'protocol: constructor'}                                 | ${outside}   | ${null}
    ${'protocol: 300'}                                         | ${outside}   | ${null}
    ${'destination: {ports: [443]}'}                           | ${outside}   | ${null}
    ${'protocol: TCP, destination: {ports: [99999]}'}          | ${outside}   | ${null}
    ${'protocol: TCP, destination: {ports: ["90:80"]}'}        | ${outside}   | ${null}
    ${'protocol: TCP, destination: {ports: 443}'}              | ${outside}   | ${null}
    ${'protocol: TCP, http: {methods: [GET]}'}                 | ${outside}   | ${null}
    ${'protocol: TCP, http: {methods: [GET]}, ipVersion: 4'}   | ${outside}   | ${false}
    ${'destination: {domains: ["*.example.org"]}'}             | ${outside}   | ${null}
    ${'destination: {nets: 10.0.0.0/8}'}                       | ${outside}   | ${null}
    ${'destination: {selector: [app]}'}                        | ${outside}   | ${null}
    ${'destination: {selector: "app = web"}'}                  | ${cart}      | ${null}
    ${'destination: {selektor: "app == x"}'}                   | ${outside}   | ${null}
    ${'destination: everywhere'}                               | ${outside}   | ${null}
    ${'action: Allow2'}                                        | ${outside}   | ${null}
  `('Allow with $rule, to [$to]:443 → $expected', ({ rule, to, expected }) => {
    const yaml = rule.startsWith('action') ? allow('').replace('action: Allow, ', rule) : allow(rule);

    expect(judge(yaml, to)).toBe(expected);
  });

  it.each`
    rule                                              | protocol    | to           | icmpType     | expected
    ${'protocol: ICMPv6'}                             | ${'ICMPv6'} | ${outside}   | ${undefined} | ${true}
    ${'protocol: ICMP'}                               | ${'ICMPv6'} | ${outside}   | ${undefined} | ${false}
    ${'protocol: 58'}                                 | ${'ICMPv6'} | ${outside}   | ${undefined} | ${true}
    ${'protocol: 1'}                                  | ${'ICMPv6'} | ${outside}   | ${undefined} | ${false}
    ${'protocol: ICMP'}                               | ${'ICMP'}   | ${'8.8.8.8'} | ${undefined} | ${true}
    ${'protocol: ICMPv6, icmp: {type: 128}'}          | ${'ICMPv6'} | ${outside}   | ${128}       | ${true}
    ${'protocol: ICMPv6, icmp: {type: 128}'}          | ${'ICMPv6'} | ${outside}   | ${129}       | ${false}
    ${'protocol: ICMPv6, icmp: {type: 128}'}          | ${'ICMPv6'} | ${outside}   | ${undefined} | ${null}
    ${'protocol: ICMPv6, icmp: {type: 128, code: 0}'} | ${'ICMPv6'} | ${outside}   | ${128}       | ${null}
    ${'protocol: ICMPv6, notICMP: {type: 128}'}       | ${'ICMPv6'} | ${outside}   | ${128}       | ${false}
    ${'protocol: ICMPv6, notICMP: {type: 128}'}       | ${'ICMPv6'} | ${outside}   | ${1}         | ${true}
    ${'protocol: TCP'}                                | ${'ICMPv6'} | ${outside}   | ${undefined} | ${false}
    ${'ipVersion: 6'}                                 | ${'ICMPv6'} | ${outside}   | ${undefined} | ${true}
    ${'icmp: {type: 128}'}                            | ${'ICMPv6'} | ${outside}   | ${128}       | ${null}
  `('Allow with $rule, $protocol type $icmpType → $expected', ({ rule, protocol, to, icmpType, expected }) => {
    const type = icmpType === undefined ? {} : { icmpType };

    expect(judge(allow(rule), to, { protocol, ...type })).toBe(expected);
  });

  it('lists alternatives: one network of the source and one range of ports is enough', () => {
    expect(judge(allow('source: {nets: ["fd00:99::/64", "fd00:10:244::/64"]}'), outside)).toBe(true);
    expect(judge(allow('protocol: TCP, destination: {ports: [80, "1:65535"]}'), outside, { port: null })).toBe(true);
    expect(judge(allow('protocol: TCP, destination: {ports: [80, "2:65535"]}'), outside, { port: null })).toBeNull();
  });

  it.each`
    kind        | policy                                                                                         | expected
    ${'global'} | ${gnp('{selector: "  ", types: [Egress]}')}                                                    | ${false}
    ${'global'} | ${gnp('{selector: "  ", namespaceSelector: has(team), types: [Egress]}')}                      | ${null}
    ${'global'} | ${gnp('{selector: "  ", serviceAccountSelector: "has(none)", types: [Egress]}')}               | ${true}
    ${'named'}  | ${cnp('{selector: "  ", types: [Egress]}')}                                                    | ${null}
    ${'named'}  | ${cnp('{selector: "", types: [Egress]}')}                                                      | ${false}
    ${'global'} | ${gnp('{selector: "app == \'web\'", namespaceSelector: "team == \'data\'", types: [Egress]}')} | ${true}
    ${'global'} | ${gnp('{serviceAccountSelector: "projectcalico.org/name == \'default\'", types: [Egress]}')}   | ${false}
    ${'global'} | ${gnp('{namespaceSelector: "global()", types: [Egress]}')}                                     | ${true}
    ${'named'}  | ${cnp('{namespaceSelector: "all()", types: [Egress]}')}                                        | ${null}
  `('a $kind policy $policy lets out → $expected', ({ policy, expected }) => {
    expect(judge(policy, outside)).toBe(expected);
  });

  it('asks for the names that the pod of the address gives to its ports', () => {
    const named = allow('protocol: TCP, destination: {selector: all(), ports: [api]}');

    expect(judge(named, cart, { port: 8080 })).toBe(true);
    expect(judge(named, cart, { port: 443 })).toBe(false);
    expect(judge(named, web, { port: 8080 })).toBe(true); // the pod itself
  });

  it('doubts a rule about labels of a namespace or account of which no object is there', () => {
    const pods =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: lost}\nstatus: {podIPs: [{ip: "fd00:10:244:9::1"}]}\n---\n';
    const byTeam = `${pods}${allow('destination: {namespaceSelector: "team == \'data\'"}')}`;
    const byRole = `${pods}${allow('destination: {serviceAccounts: {selector: "role == \'x\'"}, namespaceSelector: all()}')}`;
    const byName = `${pods}${allow('destination: {namespaceSelector: "projectcalico.org/name == \'lost\'"}')}`;

    expect([byTeam, byRole, byName].map((yaml) => judge(yaml, 'fd00:10:244:9::1'))).toEqual([null, null, true]);
  });

  it('doubts selectors while a network set cannot be read, and nothing else', () => {
    const set =
      '{apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: b, namespace: shop}, spec: {nets: [lost]}}\n---\n';

    expect(judge(`${set}${allow('destination: {selector: "role == \'x\'"}')}`, outside)).toBeNull();
    expect(judge(`${set}${allow('destination: {nets: ["2001:db8::/32"]}')}`, outside)).toBe(true);
    expect(judge(`${set}${allow('destination: {nets: ["2001:db9::/32"]}')}`, outside)).toBe(false);
  });
});
