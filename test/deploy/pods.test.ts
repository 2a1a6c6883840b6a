import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig, variableNames } from '../../src/config.ts';
import { Grants } from '../../src/remediation/grants.ts';
import { helm, leastValues, render, type Values } from '../helpers/chart.ts';
import { type EnvEntry, environmentOf, pods } from '../helpers/chart-pods.ts';
import { bare, everything, near, sets } from '../helpers/chart-values.ts';
import { containersOf, securityProblems } from '../helpers/pod-security.ts';

describe.skipIf(!helm.isThere)(`deploy/pods${helm.note}`, () => {
  it.each(sets)('makes no pod that PodSecurity’s restricted level refuses, with %s', (_, values) => {
    for (const { name, spec } of pods(values)) expect([name, securityProblems(spec)]).toEqual([name, []]);
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

  it('reads each secret under its own key', () => {
    const keys = (values: Values) =>
      Object.fromEntries(
        pods(values)
          .flatMap(({ spec }) => containersOf(spec).flatMap((container) => container.env as EnvEntry[]))
          .flatMap(({ name, valueFrom }) => {
            const { name: secret, key } = (valueFrom?.secretKeyRef ?? {}) as { name?: string; key?: string };
            return secret === undefined ? [] : [[name, `${secret} ${key}`]];
          }),
      );
    const shared = { SLACK_BOT_TOKEN: 'ipv6check-slack bot-token', DECISION_KEY: 'ipv6check-decision decision-key' };

    expect(keys(leastValues)).toEqual({
      ...shared,
      ...{ SLACK_APP_TOKEN: 'ipv6check-slack app-token', REDIS_URL: 'ipv6check-redis url' },
    });
    expect(keys(everything)).toEqual({
      ...shared,
      ...{ SLACK_SIGNING_SECRET: 'ipv6check-slack signing-secret', REDIS_PASSWORD: 'ipv6check-redis password' },
    });
  });

  it('hands the grants to the bot and the writer, from one place', () => {
    const places = (values: Values) => {
      const made = render(values).filter(({ metadata }) => metadata.name === 'ipv6check-grants');
      const read = pods(values).flatMap(({ object, spec }) =>
        ((spec.volumes ?? []) as { name: string; configMap?: { name: string } }[])
          .filter(({ name }) => name === 'grants')
          .map(({ configMap }) => `${object.metadata.name} ${configMap?.name}`),
      );
      return { made, read };
    };

    const own = places(everything);
    const [map] = own.made;
    const { 'grants.yaml': text = '' } = map!.data as Record<string, string>;
    expect(Grants.parse(parse(text))).toEqual({ grants: everything.grants });
    expect(own.read).toEqual(['ipv6check-bot ipv6check-grants', 'ipv6check-writer ipv6check-grants']);
    expect(places(bare)).toEqual({ made: [], read: ['ipv6check-bot our-grants', 'ipv6check-writer our-grants'] });
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
});
