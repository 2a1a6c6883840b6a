import type { KubeObject } from '../../lab/contract.ts';

type Json = Readonly<Record<string, unknown>>;
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);

/** The pod's spec of whatever makes pods; null for what makes none. */
export function podSpecOf({ kind, ...object }: KubeObject): Json | null {
  const spec = record(object.spec);
  const job = kind === 'CronJob' ? record(record(spec.jobTemplate).spec) : spec;
  const template = record(job.template);
  return 'spec' in template ? record(template.spec) : null;
}

export const containersOf = (spec: Json): readonly Json[] => [...list(spec.initContainers), ...list(spec.containers)];

/** Volume types of PodSecurity's restricted level. */
const volumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** What PodSecurity's restricted level would say of this pod, and what we hold ourselves to besides. */
export function securityProblems(spec: Json): string[] {
  const pod = record(spec.securityContext);
  const hosts = ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers'].filter((name) => spec[name] !== undefined);
  const odd = list(spec.volumes).filter((volume) => !Object.keys(volume).some((name) => volumes.includes(name)));
  return [
    ...hosts.map((name) => `${name} is set`),
    ...odd.map((volume) => `volume ${String(volume.name)} is of a type that restricted refuses`),
    ...(spec.automountServiceAccountToken === undefined ? ['automountServiceAccountToken is left to a default'] : []),
    ...containersOf(spec).flatMap((container) => {
      const own = record(container.securityContext);
      const capabilities = record(own.capabilities);
      const profile = record(own.seccompProfile ?? pod.seccompProfile);
      const user = own.runAsUser ?? pod.runAsUser;
      const wrongs = {
        'may escalate': own.allowPrivilegeEscalation !== false,
        'is privileged': own.privileged === true,
        'keeps capabilities': JSON.stringify(capabilities.drop) !== '["ALL"]' || capabilities.add !== undefined,
        'may run as root': (own.runAsNonRoot ?? pod.runAsNonRoot) !== true || typeof user !== 'number' || user < 1_000,
        'has no seccomp profile': !['RuntimeDefault', 'Localhost'].includes(String(profile.type)),
        'may write to its root': own.readOnlyRootFilesystem !== true,
        'has no memory limit': record(record(container.resources).limits).memory === undefined,
        'opens a port of the host': list(container.ports).some(({ hostPort }) => hostPort !== undefined),
      };
      return Object.entries(wrongs).flatMap(([what, isSo]) => (isSo ? [`${String(container.name)} ${what}`] : []));
    }),
  ];
}
