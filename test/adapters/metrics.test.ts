import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { productMetrics } from '../../src/adapters/metrics.ts';
import { Remediation } from '../../src/remediation/lifecycle.ts';

const folder = 'deploy/observability';
const own = productMetrics()
  .registry.getMetricsAsArray()
  .filter(({ name }) => name.startsWith('ipv6check_'));
const page = readFileSync('docs/signals.md', 'utf8');

const Rule = z.strictObject({
  alert: z.string().regex(/^IPv6Check[A-Z]\w+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string().min(20) }),
});
const { groups } = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule) })) })
  .parse(parse(readFileSync(`${folder}/alerts.yaml`, 'utf8')));
const rules = groups.flatMap((group) => group.rules);
const { panels } = z
  .object({ panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })) })
  .parse(JSON.parse(readFileSync(`${folder}/dashboard.json`, 'utf8')));
const expressions = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr }))),
];

/** A histogram is read by three names. */
const seriesOf = ({ name, type }: { readonly name: string; readonly type: unknown }): string[] =>
  String(type) === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
const series = new Map(
  own.flatMap((metric) =>
    // What is registered is a metric with the labels that it was made with.
    seriesOf(metric as never).map((name) => [name, (metric as unknown as { labelNames: string[] }).labelNames]),
  ),
);

describe('adapters/metrics', () => {
  it('is explained on its page, name by name, in its order, with its labels', () => {
    const rows = [...page.matchAll(/^\| `(ipv6check_\w+)` \| (.*?) \| (.+) \|$/gm)];

    expect(rows.map(([, name, labels, help]) => ({ name, labels, help }))).toEqual(
      own.map(({ name, help, ...metric }) => {
        const { labelNames } = metric as unknown as { labelNames: string[] }; // as above
        return { name, help, labels: labelNames.map((label) => `\`${label}\``).join(', ') };
      }),
    );
  });

  it('counts no person, no pod and no id: every combination of labels is a series for ever', () => {
    const labels = new Set([...series.values()].flat());

    expect([...labels].toSorted()).toEqual([
      'api',
      'cause',
      'cluster',
      'end',
      'event',
      'job',
      'kind',
      'outcome',
      'part',
      'queue',
      'result',
      'source',
      'state',
      'where',
    ]);
  });

  it('shows no number before anybody has set it', async () => {
    const text = await productMetrics().registry.metrics();

    expect(text).not.toMatch(/^ipv6check_(slack_connected|slack_last_event_timestamp_seconds|redis_settings_wrong) /m);
  });

  it.each(expressions)('$where asks for what there is', ({ expr }) => {
    const asked = [...expr.matchAll(/\bipv6check_\w+/g)].map(([name]) => name);

    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !series.has(name))).toEqual([]);
    const labels = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
    const known = new Set([...asked.flatMap((name) => series.get(name)!), 'le']);
    expect(labels.filter((label) => !known.has(label))).toEqual([]);
    const selected = [...expr.matchAll(/[{,]\s*(\w+)\s*!?[=~]/g)].map(([, label]) => label!);
    expect(selected.filter((label) => !known.has(label))).toEqual([]);
  });

  it('has an alert for what must not be missed, and explains each', () => {
    const alerts = rules.map(({ alert }) => alert);

    for (const needed of ['RevertOverdue', 'Stuck', 'Deaf', 'NotConnected', 'QueueAge']) {
      expect(alerts).toContain(`IPv6Check${needed}`);
    }
    expect([...page.matchAll(/^\| `(IPv6Check\w+)` \|/gm)].map(([, name]) => name)).toEqual(alerts);
  });

  it('alerts about a state that there is', () => {
    const named = expressions.flatMap(({ expr }) => [...expr.matchAll(/remediations\{state="(\w+)"\}/g)]);

    expect(named.length).toBeGreaterThan(0);
    expect(
      named.filter(([, state]) => !(Remediation.shape.state.options as readonly string[]).includes(state!)),
    ).toEqual([]);
  });
});
