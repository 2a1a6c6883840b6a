import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExecSlots } from '../../../workers/adapters/exec-slots.ts';
import { openSession } from '../../../workers/adapters/session.ts';
import { type Lab, startLab } from '../../lab/cluster/stand-in.ts';

const options = { deadlineMs: 5_000, maxBytes: 1_000, endMarker: 'end' };
const target = { namespace: 'shop', pod: 'checkout-1', container: 'app' };

let lab: Lab;
let dispatcher: Agent;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(async () => {
  await dispatcher.destroy();
  await lab.close();
});

function sessions() {
  const config = lab.config('prober');
  const ca = Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64').toString();
  dispatcher = new Agent({ connect: { ca } });
  const headers = { Authorization: `Bearer ${config.getCurrentUser()?.token}` };
  const door = { server: lab.cluster.url, credentials: async () => ({ headers, dispatcher, tls: { ca } }) };
  const slots = new ExecSlots(2);
  return (signal: AbortSignal) => openSession({ door, slots, userAgent: 'ipv6check/test', signal });
}

describe('workers/adapters/session', () => {
  it('counts what its own run costs', async () => {
    const open = sessions();
    const [one, other] = [open(new AbortController().signal), open(new AbortController().signal)];

    await one.get('/version');
    await one.list('/api/v1/namespaces/shop/pods');
    await one.exec(target, ['echo', 'end'], options).done;
    await other.get('/version');

    expect(one.cost()).toEqual({ execs: 1, apiRequests: 3 });
    expect(other.cost()).toEqual({ execs: 0, apiRequests: 1 });
    expect(lab.cluster.audit).toHaveLength(4);
  });

  it('counts no exec that never reached the cluster', async () => {
    const stop = new AbortController();
    const session = sessions()(stop.signal);
    stop.abort();

    expect(await session.exec(target, ['true'], options).done).toEqual({ kind: 'aborted' });
    expect(session.cost()).toEqual({ execs: 0, apiRequests: 0 });
  });

  it('shares its places with every other session, as a run of its own', async () => {
    const open = sessions();
    const [one, other] = [open(new AbortController().signal), open(new AbortController().signal)];
    lab.cluster.trouble.exec = 'hang';
    const holding = one.exec(target, ['true'], { ...options, deadlineMs: 300 }).done;

    const startedAt = performance.now();
    const waiting = other.exec(target, ['true'], { ...options, deadlineMs: 1 }).done;

    expect(await holding).toMatchObject({ kind: 'timed-out' });
    expect(await waiting).toMatchObject({ kind: 'timed-out' });
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });
});
