import { leastValues, type Values } from './chart.ts';

/** Every option on. */
export const everything: Values = {
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
    extraEgress: [{ to: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 4318 }] }],
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
/** Workers beside a cluster, and not in it. */
export const near: Values = {
  ...leastValues,
  kubeconfig: { existingSecret: 'far-away', context: 'far' },
  rbac: { create: false },
  admission: { enabled: false },
  redis: { existingSecret: 'ipv6check-redis', caConfigMap: 'redis-ca' },
};
export const bare: Values = {
  ...leastValues,
  grantsConfigMap: 'our-grants',
  admission: { enabled: false },
  networkPolicies: { enabled: false },
  podDisruptionBudgets: { enabled: false },
};

/** What a chart's every promise is held to. */
export const sets: readonly (readonly [string, Values])[] = Object.entries({
  'the least': leastValues,
  everything,
  'workers alone': onlyWorkers,
  'rights alone': onlyRights,
  'a cluster that is elsewhere': near,
  'every option off': bare,
});
