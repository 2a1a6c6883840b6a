import type { Message } from '../../src/ports.ts';
import type { HostileClass } from './hostile-classes.ts';
import { type Came, heardOn } from './hostile-slack.ts';
import { remediationId, remediationWorld, threadTs } from './remediation-world.ts';

const requestId = '6f1f3a52-0d6c-4a8e-9d0a-6a0d7d1b6f10';
const step = { v: 1, remediationId, cluster: 'lab', version: 0, attempt: 0 };
const propose = {
  ...{ v: 1, remediationId, cluster: 'lab', requestId, team: 'T0HOME', channel: 'C0INCIDENT', threadTs },
  ...{ checkedBy: 'U0CHECKER', requestedBy: 'U0ASKER', names: {}, breadth: 'all' },
};
const diagnose = {
  ...{ v: 1, requestId, cluster: 'lab', destination: null, team: 'T0HOME', channel: 'C0INCIDENT' },
  ...{ target: { kind: 'pod', namespace: 'shop', name: 'checkout' }, requestedBy: 'U0CHECKER' },
};

/** Every field that leads somewhere, and one that there is not. */
function bentPayloads(text: string): { readonly name: string; readonly payload: unknown }[] {
  const all = [
    ...['apply', 'settle', 'extend', 'remind', 'revert'].map((name) => ({ name, whole: step })),
    ...[
      { name: 'verify', whole: step },
      { name: 'propose', whole: propose },
      { name: 'diagnose', whole: diagnose },
    ],
  ];
  // Written as JSON, so that `__proto__` is a field and not a prototype.
  const extra = (whole: object): unknown =>
    JSON.parse(`${JSON.stringify(whole).slice(0, -1)},${JSON.stringify(text)}:1}`);
  return all.flatMap(({ name, whole }) => {
    const ids = 'remediationId' in whole ? { remediationId: text } : { requestId: text };
    const target = 'target' in whole ? [{ ...whole, target: { kind: 'pod', namespace: `${text}/`, name: 'x' } }] : [];
    const named = 'target' in whole ? [{ ...whole, target: { kind: 'pod', namespace: 'shop', name: `${text}/` } }] : [];
    const payloads = [
      text,
      { ...whole, ...ids },
      { ...whole, cluster: `${text}.` },
      { ...whole, v: text },
      extra(whole),
    ];
    return [...payloads, { ...whole, v: 0 }, { ...whole, v: 2 }, ...target, ...named].map((payload) => ({
      name,
      payload,
    }));
  });
}

/** As what is in the queue, which whoever can write to Redis can put there. */
export async function asJob({ text }: HostileClass): Promise<Came> {
  const world = remediationWorld();
  const shown = heardOn(world.threads);
  const refused: string[] = [];
  for (const { name, payload } of bentPayloads(text)) {
    // An id of its own form that nobody knows is no misfit: it is simply not found.
    const isPlausible = /^r[a-z0-9]{19}$/.test(text) && (payload as typeof step).remediationId === text;
    const queue = name === 'verify' || name === 'diagnose' ? 'probe-lab' : 'remediate-lab';
    const outcome = await world.deliver({ id: 'x', queue, name, payload, delayMs: 0 }).then(
      () => null,
      (error: Error) => error,
    );
    if (outcome === null && !isPlausible) throw new Error(`${name} took ${JSON.stringify(payload)}`);
    if (outcome !== null && outcome.name !== 'UnrecoverableError') throw new Error(`${name} failed with ${outcome}`);
    refused.push(outcome?.message ?? 'nobody is known by that id');
  }
  if (world.writer.created.length > 0 || world.remediations.records.size > Number(/^r[a-z0-9]{19}$/.test(text)))
    throw new Error('something came of it');

  // What is free in form is what people are called, and is shown.
  const calling = {
    ...propose,
    requestId: world.report.id,
    requestedBy: `U${text}`,
    checkedBy: text,
    names: { [`U${text}`]: text },
  };
  await world.deliver({ id: 'y', queue: 'remediate-lab', name: 'propose', payload: calling, delayMs: 0 });
  return { shown: shown as Message[], refused };
}
