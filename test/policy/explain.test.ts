import { describe, expect, it } from 'vitest';
import { ask, clusterFrom, outside, world } from './ask.ts';

const np = (egress: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [${egress}]}\n---\n`;
const service = (spec: string, name = 'cart', more = '') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n${more}---\n`;
const slice = (endpoints: string, ports: string, more = 'addressType: IPv6') =>
  `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart}}\n${more}\nendpoints: ${endpoints}\nports: ${ports}\n---\n`;
const template = (name: string, app: string, namespace = 'shop') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {selector: {matchLabels: {app: ${app}}}, template: {metadata: {labels: {app: ${app}}}, spec: {containers: [{ports: [{name: api, containerPort: 8080}]}]}}}\n---\n`;

const front =
  '{clusterIP: "fd00:96::1", clusterIPs: ["fd00:96::1", 10.96.0.1], selector: {app: cart}, ports: [{port: 80, targetPort: api}]}';
const toCart = np('{to: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: 8080}]}');
const judge = (yaml: string, question: Parameters<typeof ask>[1]) => ask(clusterFrom(`${world}${yaml}`), question);

describe('policy/explain', () => {
  it.each`
    what                                 | yaml                                                                                               | to                 | port    | allowed
    ${'the pods behind it'}              | ${service(front) + toCart}                                                                         | ${'fd00:96::1'}    | ${80}   | ${true}
    ${'those of the family'}             | ${service(front) + toCart}                                                                         | ${'10.96.0.1'}     | ${80}   | ${true}
    ${'the target port'}                 | ${service(front) + np('{ports: [{port: 80}]}')}                                                    | ${'fd00:96::1'}    | ${80}   | ${false}
    ${'no port that it has not'}         | ${service(front) + toCart}                                                                         | ${'fd00:96::1'}    | ${8080} | ${false}
    ${'its one port where none is said'} | ${service(front) + toCart}                                                                         | ${'fd00:96::1'}    | ${null} | ${true}
    ${'no network of its own'}           | ${service(front) + np('{to: [{ipBlock: {cidr: "fd00:96::/64"}}]}')}                                | ${'fd00:96::1'}    | ${80}   | ${false}
    ${'the network of its pods'}         | ${service(front) + np('{to: [{ipBlock: {cidr: "fd00:10:244::/64"}}]}')}                            | ${'fd00:96::1'}    | ${80}   | ${true}
    ${'an address outside'}              | ${service(front.replace('{clusterIP', '{externalIPs: ["2001:db8:9::9"], clusterIP')) + toCart}     | ${'2001:db8:9::9'} | ${80}   | ${true}
    ${'a load balancer'}                 | ${service(front, 'cart', 'status: {loadBalancer: {ingress: [{ip: "2001:db8:9::8"}]}}\n') + toCart} | ${'2001:db8:9::8'} | ${80}   | ${true}
    ${'nobody, which is no answer'}      | ${service(front.replace('app: cart', 'app: none')) + np('{}')}                                     | ${'fd00:96::1'}    | ${80}   | ${null}
    ${'nobody of the family'}            | ${service(front.replace('app: cart', 'app: old').replace('api', '1')) + np('{}')}                  | ${'fd00:96::1'}    | ${80}   | ${null}
    ${'whom nobody selects'}             | ${service(front.replace('selector: {app: cart}, ', '')) + np('{}')}                                | ${'fd00:96::1'}    | ${80}   | ${null}
    ${'another namespace'}               | ${service(front).replace('namespace: shop', 'namespace: data') + toCart}                           | ${'fd00:96::1'}    | ${80}   | ${null}
  `('sees behind the address of a service $what → $allowed', ({ yaml, to, port, allowed }) => {
    expect(judge(yaml, { to, port }).allowed).toBe(allowed);
  });

  it('believes EndpointSlices before the selector, and only what is ready', () => {
    const one = service(front) + slice('[{addresses: ["fd00:10:244:2::1"]}]', '[{name: "", port: 5432}]');
    const unready =
      service(front) + slice('[{addresses: ["fd00:10:244::2"], conditions: {ready: false}}]', '[{port: 8080}]');
    const toDb = np('{to: [{namespaceSelector: {matchLabels: {team: data}}}], ports: [{port: 5432}]}');

    expect(judge(one + toDb, { to: 'fd00:96::1', port: 80 })).toMatchObject({ allowed: true });
    expect(judge(one + toCart, { to: 'fd00:96::1', port: 80 })).toMatchObject({ allowed: false });
    expect(judge(unready + toCart, { to: 'fd00:96::1', port: 80 })).toMatchObject({ allowed: null });
  });

  it('reads Endpoints where there are no slices', () => {
    const elder =
      'apiVersion: v1\nkind: Endpoints\nmetadata: {name: cart, namespace: shop}\nsubsets: [{addresses: [{ip: "fd00:10:244::2"}], ports: [{port: 8080}]}]\n---\n';

    expect(
      judge(service(front.replace('selector: {app: cart}, ', '')) + elder + toCart, { to: 'fd00:96::1', port: 80 })
        .allowed,
    ).toBe(true);
  });

  it('says when the endpoints of a service are treated differently', () => {
    const both = service(front.replace('app: cart', 'part: x').replace('targetPort: api', 'targetPort: 8080'));
    const pod = (name: string, app: string, last: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop, labels: {part: x, app: ${app}}}, status: {podIPs: [{ip: "fd00:10:244::${last}"}]}}\n---\n`;
    const verdict = judge(both + pod('p', 'cart', 'a') + pod('q', 'other', 'b') + toCart, {
      to: 'fd00:96::1',
      port: 80,
    });

    expect(verdict).toMatchObject({ allowed: null, issues: [expect.stringContaining('shop/cart differently')] });
    expect(
      judge(both + pod('p', 'cart', 'a') + pod('q', 'cart', 'b') + toCart, { to: 'fd00:96::1', port: 80 }),
    ).toMatchObject({ allowed: true });
  });

  it('knows the pods of a service by their template where none was seen running', () => {
    const yaml = service(front.replace('app: cart', 'app: api')) + template('api', 'api');
    const byLabel = np('{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080}]}');
    const byBlock = np('{to: [{ipBlock: {cidr: "fd00:10::/32"}}]}');

    expect(judge(yaml + byLabel, { to: 'fd00:96::1', port: 80 })).toMatchObject({ allowed: true });
    expect(judge(yaml + byBlock, { to: 'fd00:96::1', port: 80 })).toMatchObject({ allowed: null });
    expect(judge(yaml + np('{to: [{ipBlock: {cidr: "::/0"}}]}'), { to: 'fd00:96::1', port: 80 })).toMatchObject({
      allowed: true,
    });
    expect(judge(yaml + np('{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}'), { to: 'fd00:96::1', port: 80 })).toMatchObject({
      allowed: false,
    });
  });

  it('meets policies on the way to itself through a service, and none on the way to its own address', () => {
    const own = service(front.replace('app: cart', 'app: web').replace('targetPort: api', 'targetPort: 80'));

    expect(judge(own + np(''), { to: 'fd00:10:244::1', port: 80 })).toMatchObject({ allowed: true, because: 'itself' });
    expect(judge(own + np(''), { to: 'fd00:96::1', port: 80 })).toMatchObject({ allowed: false });
  });

  it.each`
    to                    | from                      | outcome
    ${'shop/cart'}        | ${'shop/web'}             | ${{ allowed: true, because: 'rule' }}
    ${'shop/pod/cart'}    | ${'shop/pod/web'}         | ${{ allowed: true }}
    ${'shop/svc/cart'}    | ${'shop/web'}             | ${{ allowed: false }}
    ${'data/db'}          | ${'shop/web'}             | ${{ allowed: false }}
    ${'data/old'}         | ${'shop/web'}             | ${{ allowed: false }}
    ${'shop/nobody'}      | ${'shop/web'}             | ${{ allowed: null, issues: ['shop/nobody is not among the manifests'] }}
    ${'shop/api'}         | ${'shop/web'}             | ${{ allowed: null, issues: ['shop/api has no address in the manifests'] }}
    ${'shop/svc/nobody'}  | ${'shop/web'}             | ${{ allowed: null }}
    ${'shop/cart'}        | ${'shop/Deployment/api'}  | ${{ allowed: true }}
    ${'shop/cart'}        | ${'shop/deploy/api'}      | ${{ allowed: true }}
    ${'shop/cart'}        | ${'shop/api'}             | ${{ allowed: true }}
    ${'shop/cart'}        | ${'shop/StatefulSet/api'} | ${{ allowed: null }}
    ${'shop/cart'}        | ${'shop/ConfigMap/api'}   | ${{ allowed: null, issues: [expect.stringContaining('ConfigMap')] }}
    ${'[fd00:10:244::2]'} | ${'shop/web'}             | ${{ allowed: true }}
  `('finds $to from $from', ({ to, from, outcome }) => {
    const yaml = template('api', 'api') + service(front) + toCart;

    expect(judge(yaml, { to, from, port: 8080 })).toMatchObject(outcome);
  });

  it.each`
    address              | yaml                                                                                                                                        | allowed
    ${'fd00:10:244::77'} | ${''}                                                                                                                                       | ${false}
    ${'fd00:10:244::77'} | ${template('api', 'db')}                                                                                                                    | ${null}
    ${'fd00:10:244::77'} | ${template('api', 'other')}                                                                                                                 | ${false}
    ${'fd00:10:244::77'} | ${template('api', 'db', 'data')}                                                                                                            | ${false}
    ${'fd99::77'}        | ${template('api', 'db')}                                                                                                                    | ${false}
    ${outside}           | ${template('api', 'db')}                                                                                                                    | ${false}
    ${'fd00:10:244::77'} | ${'{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: shop, labels: {app: db}}}\n---\n'}                                          | ${null}
    ${'fd00:10:244::77'} | ${'{apiVersion: v1, kind: Pod, metadata: {name: end, namespace: shop, labels: {app: db}}, status: {phase: Succeeded}}\n---\n'}              | ${false}
    ${'fd00:77::1'}      | ${'{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: p}, spec: {cidr: "fd00:77::/64"}}\n---\n'}                         | ${null}
    ${'fd00:10:244::77'} | ${`${template('api', 'db')}{apiVersion: v1, kind: Node, metadata: {name: n9}, status: {addresses: [{address: "fd00:10:244::77"}]}}\n---\n`} | ${false}
  `('takes $address for whom it may be → $allowed', ({ address, yaml, allowed }) => {
    expect(judge(yaml + np('{to: [{podSelector: {matchLabels: {app: db}}}]}'), { to: address }).allowed).toBe(allowed);
  });

  it('doubts a named port of an address that may be that of a pod', () => {
    const named = np('{ports: [{port: api}]}');

    expect(judge(template('api', 'x') + named, { to: 'fd00:10:244::77', port: 8080 }).allowed).toBeNull();
    expect(judge(named, { to: 'fd00:10:244::77', port: 8080 }).allowed).toBe(false);
  });

  it('reads addresses as Felix does: the status, and the annotation only where that says nothing', () => {
    const pod = (name: string, annotation: string, status: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop, labels: {app: late}, annotations: {cni.projectcalico.org/podIPs: "${annotation}"}}, status: ${status}}\n---\n`;
    const yaml =
      pod('a', '10.244.7.1/32,fd00:10:244:7::1/128', '{podIPs: [{ip: 10.244.7.1}]}') +
      pod('b', '10.244.7.2/32,fd00:10:244:7::2/128', '{}') +
      pod('c', '', '{podIP: "fd00:10:244:7::3"}') +
      np('{to: [{podSelector: {matchLabels: {app: late}}}]}');

    const allowed = ['fd00:10:244:7::1', 'fd00:10:244:7::2', 'fd00:10:244:7::3'].map(
      (to) => judge(yaml, { to }).allowed,
    );
    expect(allowed).toEqual([false, true, true]);
  });

  it('does not find pods on the network of their node by their labels', () => {
    const host =
      '{apiVersion: v1, kind: Pod, metadata: {name: h, namespace: shop, labels: {app: h}}, spec: {hostNetwork: true}, status: {podIPs: [{ip: "fd00:10:244::9"}]}}\n---\n';

    expect(judge(host + np('{to: [{podSelector: {}}]}'), { to: 'fd00:10:244::9' }).allowed).toBe(false);
    expect(judge(host + np(''), { from: 'shop/h', to: outside })).toMatchObject({
      allowed: true,
      because: 'not-isolated',
    });
  });

  it.each`
    kind                     | labels                                       | spec
    ${'apps/v1 StatefulSet'} | ${'statefulset.kubernetes.io/pod-name: w-0'} | ${'{template: {metadata: {labels: {app: w}}}}'}
    ${'apps/v1 Deployment'}  | ${'pod-template-hash: abc'}                  | ${'{template: {metadata: {labels: {app: w}}}}'}
    ${'batch/v1 CronJob'}    | ${'job-name: w'}                             | ${'{jobTemplate: {spec: {template: {metadata: {labels: {app: w}}}}}}'}
  `('doubts a policy for labels that a $kind gives to each pod', ({ kind, labels, spec }) => {
    const [apiVersion, name] = kind.split(' ');
    const workload = `{apiVersion: ${apiVersion}, kind: ${name}, metadata: {name: w, namespace: shop}, spec: ${spec}}\n---\n`;
    const policy = np('').replace('podSelector: {}', `podSelector: {matchLabels: {${labels}}}`);

    expect(judge(workload + policy, { from: `shop/${name}/w`, to: outside }).allowed).toBeNull();
    expect(judge(workload + np(''), { from: `shop/${name}/w`, to: outside }).allowed).toBe(false);
  });

  it.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])('takes the template of a %s', (kind) => {
    const workload = template('w', 'w').replace('kind: Deployment', `kind: ${kind}`);

    expect(judge(workload + np(''), { from: `shop/${kind}/w`, to: outside }).allowed).toBe(false);
  });

  it('knows the labels that a Job gives to its pods', () => {
    const job =
      '{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: shop}, spec: {template: {metadata: {labels: {app: w}}}}}\n---\n';
    const policy = np('').replace('podSelector: {}', 'podSelector: {matchLabels: {job-name: j}}');

    expect(judge(job + policy, { from: 'shop/job/j', to: outside }).allowed).toBe(false);
  });

  it('admits egress to a service by its endpoints, and doubts one that is not there', () => {
    const rule = (name: string) =>
      `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {types: [Egress], egress: [{action: Allow, destination: {services: {name: ${name}}}}]}\n---\n`;
    const of = (to: string, port: number, name = 'cart') => judge(service(front) + rule(name), { to, port }).allowed;

    expect(of('fd00:96::1', 80)).toBe(true);
    expect(of('fd00:10:244::2', 8080)).toBe(true);
    expect(of('fd00:10:244::2', 80)).toBe(false);
    expect(of(outside, 8080)).toBe(false);
    expect(of('fd00:10:244::2', 8080, 'lost')).toBeNull();
  });
});
