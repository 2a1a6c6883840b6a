import { render, type Values } from './chart.ts';
import { podSpecOf } from './pod-security.ts';

export type Json = Readonly<Record<string, unknown>>;
export const pods = (values: Values) =>
  render(values).flatMap((object) => {
    const spec = podSpecOf(object);
    return spec ? [{ name: `${object.kind} ${object.metadata.name}`, object, spec }] : [];
  });
export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: Json;
}

/** What the process sees, with every Secret's key filled in with something of its kind. */
export function environmentOf(container: Json): Record<string, string> {
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
