import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/contract.ts';
import { readConfig, variableNames } from '../../src/config.ts';
import { helm, leastValues, lint, notesOf, refusalOf, render, type Values } from '../helpers/chart.ts';
import { schemaProblems } from '../helpers/kubernetes-schema.ts';
import { containersOf, podSpecOf, securityProblems } from '../helpers/pod-security.ts';

const everything: Values = {
  ...leastValues,
  image: { repository: 'registry.example/ipv6check', tag: '1.2.3', pullSecrets: ['registry'] },
  slack: { existingSecret: 'ipv6check-slack', mode: 'http', apiUrl: 'https://slack-gov.com/api/' },
  grants: [{ users: ['U0ALICE'], namespaces: ['shop'], may: ['check'] }],
  redis: { enabled: true, existingSecret: 'ipv6check-redis', storageClassName: 'fast' },
  policy: { approverGroup: 'S0APPROVERS', allowedNamespaces: ['shop', 'team-*'] },
  bot: {
    clusters: ['prod', 'stage'],
    ingress: {
      enabled: true,
      className: 'nginx',
      host: 'ipv6check.example.com',
      tlsSecret: 'tls',
      annotations: { a: 'b' },
    },
  },
  rbac: { execNamespaces: ['shop', 'calico-system'], readNamespaces: ['shop'], writeNamespaces: ['shop'] },
  ephemeralContainers: { enabled: true, image: 'registry.example/probe:1' },
  debugPods: { enabled: true, image: 'registry.example/debug:1', namespace: 'ipv6check-debug' },
  calico: { tier: { enabled: true } },
  networkPolicies: {
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
  },
  monitoring: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    dashboard: { enabled: true },
  },
  extraEnv: [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://otel:4318' }],
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'infra', operator: 'Exists' }],
};

const onlyWorkers: Values = { ...leastValues, bot: { enabled: false }, cluster: 'stage' };
const onlyRights: Values = Object.fromEntries(
  ['bot', 'prober', 'writer', 'reaper'].map((name) => [name, { enabled: false }]),
);
const near: Values = {
  ...leastValues,
  kubeconfig: { existingSecret: 'far-away', context: 'far' },
  rbac: { create: false },
  admission: { enabled: false },
  redis: { existingSecret: 'ipv6check-redis', caConfigMap: 'redis-ca' },
};
const bare: Values = {
  ...leastValues,
  grantsConfigMap: 'our-grants',
  admission: { enabled: false },
  networkPolicies: { enabled: false },
  podDisruptionBudgets: { enabled: false },
};

const sets: readonly (readonly [string, Values])[] = Object.entries({
  'the least': leastValues,
  everything,
  'workers alone': onlyWorkers,
  'rights alone': onlyRights,
  'a cluster that is elsewhere': near,
  'every option off': bare,
});

type Json = Readonly<Record<string, unknown>>;
const pods = (values: Values) =>
  render(values).flatMap((object) => {
    const spec = podSpecOf(object);
    return spec ? [{ name: `${object.kind} ${object.metadata.name}`, object, spec }] : [];
  });
const kinds = (objects: readonly KubeObject[]) => new Set(objects.map(({ kind }) => kind));

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: Json;
}

/** What the process sees, with every Secret's key filled in with something of its kind. */
function environmentOf(container: Json): Record<string, string> {
  const known = {
    ...{ 'bot-token': 'xoxb-1', 'app-token': 'xapp-1', 'signing-secret': 's', 'decision-key': 'k'.repeat(32) },
    ...{ password: 'p'.repeat(32), url: 'rediss://:secret@redis.example:6380' },
  };
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env as EnvEntry[]) {
    const { key } = (valueFrom?.secretKeyRef ?? { key: '' }) as { key: keyof typeof known };
    env[name] = (value ?? known[key] ?? '').replace(/\$\((\w+)\)/g, (_, other: string) => env[other] ?? '');
  }
  return env;
}

describe.skipIf(!helm.isThere)(`deploy/chart${helm.note}`, () => {
  it.each(sets)('passes helm’s own lint with %s', (_, values) => {
    expect(lint(values)).toMatchObject({ status: 0 });
  });

  it.each(sets)('renders only what an API server takes, with %s', (_, values) => {
    const objects = render(values);
    const problems = objects.flatMap((object) =>
      schemaProblems(object).map((problem) => `${object.kind} ${object.metadata.name}${problem}`),
    );

    expect(objects.length).toBeGreaterThan(5);
    expect(problems).toEqual([]);
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it.each(sets)('makes no pod that PodSecurity’s restricted level refuses, with %s', (_, values) => {
    for (const { name, spec } of pods(values)) expect([name, securityProblems(spec)]).toEqual([name, []]);
  });

  it('renders every template and every kind with everything on', () => {
    expect([...kinds(render(everything))].toSorted()).toEqual([
      ...['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'CronJob', 'Deployment', 'Ingress', 'NetworkPolicy'],
      ...[
        'PodDisruptionBudget',
        'PrometheusRule',
        'Role',
        'RoleBinding',
        'Service',
        'ServiceAccount',
        'ServiceMonitor',
      ],
      ...['StatefulSet', 'Tier', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    ]);
  });

  it('leaves every option off unless it is asked for', () => {
    const objects = render(leastValues);

    expect([...kinds(objects)].toSorted()).toEqual([
      ...[
        'ClusterRole',
        'ClusterRoleBinding',
        'ConfigMap',
        'CronJob',
        'Deployment',
        'NetworkPolicy',
        'PodDisruptionBudget',
      ],
      ...['ServiceAccount', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    ]);
    expect(JSON.stringify(objects)).not.toMatch(/ephemeralcontainers|debug-pod/);
  });

  it('has no secret of its own', () => {
    for (const [, values] of sets) expect([...kinds(render(values))]).not.toContain('Secret');
  });

  it.each(sets)('sets what the processes read and nothing else, with %s', (_, values) => {
    const besides = ['REDIS_PASSWORD', 'NODE_EXTRA_CA_CERTS', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
    for (const { name, spec } of pods(values).filter(({ object }) => !object.metadata.name.endsWith('-redis'))) {
      const [container] = containersOf(spec);
      const env = environmentOf(container!);
      expect([name, Object.keys(env).filter((key) => ![...variableNames, ...besides].includes(key))]).toEqual([
        name,
        [],
      ]);
      if (container!.name === 'reaper') continue;

      const role = container!.name === 'bot' ? 'bot' : container!.name === 'prober' ? 'probe' : 'remediate';
      const config = readConfig(env, role);
      expect(config.healthPort).toBe(8_080);
      expect(config.policy.maximumMinutes).toBe(240);
    }
  });

  it('hands on every variable that a chart can know', () => {
    const set = new Set(
      [everything, near, leastValues].flatMap((values) =>
        pods(values).flatMap(({ spec }) =>
          containersOf(spec).flatMap((each) => (each.env as EnvEntry[]).map(({ name }) => name)),
        ),
      ),
    );
    // Times that a test shortens; what nobody should have to set is in extraEnv's reach.
    const left = ['LOCK_MS', 'STALLED_MS'];

    expect(variableNames.filter((name) => !set.has(name))).toEqual(left);
  });

  it('gives the bot no token, and a token to those who need one', () => {
    const mounts = (values: Values) =>
      Object.fromEntries(
        pods(values).map(({ object, spec }) => [object.metadata.name, spec.automountServiceAccountToken]),
      );

    expect(mounts(everything)).toEqual({
      ...{ 'ipv6check-bot': false, 'ipv6check-redis': false },
      ...{ 'ipv6check-prober': true, 'ipv6check-writer': true, 'ipv6check-reaper': true },
    });
    // Where a kubeconfig speaks for them, they have none of this cluster.
    expect(new Set(Object.values(mounts(near)))).toEqual(new Set([false]));
    for (const account of render(everything).filter(({ kind }) => kind === 'ServiceAccount')) {
      expect(account.automountServiceAccountToken).toBe(false);
    }
  });

  it('gives every process thirty seconds to stop, and its three probes', () => {
    for (const { object, spec } of pods(leastValues).filter(({ object: { kind } }) => kind === 'Deployment')) {
      expect(spec.terminationGracePeriodSeconds).toBe(30);
      const [container] = containersOf(spec);
      expect(container, object.metadata.name).toMatchObject({
        livenessProbe: { httpGet: { path: '/healthz', port: 'health' } },
        readinessProbe: { httpGet: { path: '/readyz', port: 'health' } },
        ports: expect.arrayContaining([{ name: 'health', containerPort: 8080 }]),
      });
    }
  });

  it.each`
    missing                                 | change                                                                                      | sentence
    ${'the image'}                          | ${{ image: {} }}                                                                            | ${'image.repository is not set: push what deploy/Dockerfile builds'}
    ${'Slack’s tokens'}                     | ${{ slack: {} }}                                                                            | ${'slack.existingSecret is not set: name a Secret with bot-token and app-token'}
    ${'Slack’s tokens for HTTP'}            | ${{ slack: { mode: 'http' } }}                                                              | ${'a Secret with bot-token and signing-secret'}
    ${'the key of decisions'}               | ${{ decision: {} }}                                                                         | ${'decision.existingSecret is not set'}
    ${'the address of Redis'}               | ${{ redis: {} }}                                                                            | ${'redis.existingSecret is not set: name a Secret with url'}
    ${'the password of Redis'}              | ${{ redis: { enabled: true } }}                                                             | ${'redis.existingSecret is not set: name a Secret with password'}
    ${'one place for the grants'}           | ${{ grantsConfigMap: 'x', grants: [{ users: ['U1'], namespaces: ['*'], may: ['check'] }] }} | ${'keep the grants in one place'}
    ${'a life within the maximum'}          | ${{ policy: { ttlMinutes: 300 } }}                                                          | ${'ttlMinutes is more than policy.maxMinutes'}
    ${'a use for an Ingress'}               | ${{ bot: { ingress: { enabled: true } } }}                                                  | ${'needs slack.mode=http'}
    ${'the image for pods without a shell'} | ${{ ephemeralContainers: { enabled: true } }}                                               | ${'ephemeralContainers.image is not set'}
    ${'the namespace of debug pods'}        | ${{ debugPods: { enabled: true, image: 'x' } }}                                             | ${'debugPods needs image and namespace'}
    ${'another namespace than ours'}        | ${{ debugPods: { enabled: true, image: 'x', namespace: 'ipv6check' } }}                     | ${'is the release’s own'}
    ${'rights where the kubeconfig leads'}  | ${{ kubeconfig: { existingSecret: 'x' } }}                                                  | ${'belong into that other cluster'}
    ${'values that exist'}                  | ${{ probber: {} }}                                                                          | ${'probber'}
    ${'a cluster that can be typed'}        | ${{ cluster: 'Prod:1' }}                                                                    | ${'cluster'}
    ${'a number of replicas'}               | ${{ bot: { replicas: 'two' } }}                                                             | ${'replicas'}
    ${'a grant that says what for'}         | ${{ grants: [{ users: ['U1'], namespaces: ['*'] }] }}                                       | ${'may'}
    ${'a life that the product would take'} | ${{ policy: { maxMinutes: 20_000 } }}                                                       | ${'maxMinutes'}
  `('refuses to render without $missing, and says so', ({ change, sentence }) => {
    const said = refusalOf({ ...leastValues, ...change })?.replaceAll("'", '’');

    expect(said).toContain(sentence);
  });

  it('tells after the installation what is still wanting', () => {
    expect(notesOf(leastValues)).toContain('Nobody may check or approve anything yet');
    expect(notesOf(everything)).not.toContain('Nobody may check');
    expect(notesOf(bare)).toContain('admission is off');
    expect(notesOf({ ...leastValues, reaper: { enabled: false } })).toContain('The reaper is off');
  });

  it('keeps two releases of one cluster apart', () => {
    const global = (release: string) =>
      render(leastValues, release).flatMap(({ kind, metadata }) =>
        /^(Cluster|Validating)/.test(kind) ? [`${kind} ${metadata.name}`] : [],
      );

    const [blue, green] = [global('blue'), global('green')];
    expect(blue.length).toBeGreaterThan(0);
    expect(blue.filter((name) => green.includes(name))).toEqual([]);
  });
});
