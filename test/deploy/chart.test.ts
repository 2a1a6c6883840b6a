import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/contract.ts';
import { helm, leastValues, lint, notesOf, render, type Values } from '../helpers/chart.ts';
import { bare, everything, sets } from '../helpers/chart-values.ts';
import { schemaProblems } from '../helpers/kubernetes-schema.ts';

const kinds = (objects: readonly KubeObject[]) => new Set(objects.map(({ kind }) => kind));

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

  it('opens both families where it opens addresses, and lets in nobody unasked', () => {
    interface Spec {
      readonly ingress: readonly { from?: unknown; ports: readonly { port: number }[] }[];
      readonly egress: readonly { to: readonly { ipBlock?: { cidr: string } }[] }[];
    }
    const specs = (values: Values) =>
      Object.fromEntries(
        render(values)
          .filter(({ kind }) => kind === 'NetworkPolicy')
          .map(({ metadata, spec }) => [metadata.name.replace('ipv6check-', ''), spec as Spec]),
      );

    for (const { egress } of Object.values({ ...specs(leastValues), ...specs(everything) })) {
      const blocks = egress.map(({ to }) => to.flatMap(({ ipBlock }) => ipBlock?.cidr ?? []));
      for (const cidrs of blocks.filter((each) => each.length > 0)) expect(cidrs).toEqual(['0.0.0.0/0', '::/0']);
    }
    expect(Object.values(specs(leastValues)).flatMap(({ ingress }) => ingress)).toEqual([]);
    const traced = Object.entries(specs(everything)).filter(([, { egress }]) =>
      JSON.stringify(egress).includes('4318'),
    );
    expect(traced.map(([name]) => name).toSorted()).toEqual(['bot', 'prober', 'reaper', 'writer']);
    const ports = Object.entries(specs(everything)).map(([name, { ingress }]) => [
      name,
      ingress.flatMap((rule) => rule.ports.map(({ port }) => `${port}${rule.from ? '' : ' from anywhere'}`)),
    ]);
    expect(Object.fromEntries(ports)).toEqual({
      ...{ bot: ['8080', '3000 from anywhere'], prober: ['8080'], writer: ['8080'], reaper: [], redis: ['6379'] },
    });
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
