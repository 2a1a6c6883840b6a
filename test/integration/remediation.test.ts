import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../lab/asking.ts';
import type { KubeObject } from '../../lab/contract.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';

let session: Session | undefined;

afterEach(async () => {
  await session?.close();
  session = undefined;
}, 30_000);

const label = 'app.kubernetes.io/managed-by';
const ours = ({ cluster }: Session): readonly KubeObject[] =>
  cluster.objects().filter(({ metadata }) => metadata.labels?.[label] === 'ipv6check');

const said = ({ workspace }: Session, words: RegExp, timeoutMs = 40_000) =>
  workspace.waitFor(
    () => workspace.messages('incidents').some(({ ts }) => words.test(workspace.threadText('incidents', ts))),
    timeoutMs,
  );

/** From the command to the policy: alice asks and proposes, bob approves. */
async function untilActive(options: Parameters<typeof startSession>[0]): Promise<Session> {
  session = await startSession({ env: { SWEEP_SECONDS: '1' }, ...options });
  await awaitBot(session);
  const { workspace } = session;
  const { card } = await ask(session, '/ipv6check shop/checkout');
  await workspace.click('alice', card!, { label: 'Ask for a temporary policy' });
  const approval = await workspace.waitFor(
    () => workspace.thread('incidents', card!.ts).find((message) => workspace.buttons(message).includes('Apply')),
    20_000,
  );
  expect(approval.mentions).toEqual([expect.stringContaining(workspace.approvers)]);

  await workspace.click('alice', approval, { label: 'Apply' }, { confirm: true });
  await workspace.waitFor(() => workspace.ephemerals('alice').length > 0);
  expect(ours(session)).toEqual([]);

  await workspace.click('bob', approval, { label: 'Apply' }, { confirm: true });
  await said(session, /active/i);
  expect(workspace.buttons(approval)).not.toContain('Apply');
  return session;
}

/** A new IPv6 connect from the pod, as the kernel sees it. */
async function connects({ network, world }: Session): Promise<boolean> {
  const { namespace, pod } = world.subject;
  const line = `timeout 2 bash -c '</dev/tcp/${world.anchors[0]!.ipv6}/443' 2>/dev/null && echo open || echo shut`;
  return (await network.shell({ namespace, pod }, line)).trim() === 'open';
}

describe('integration/remediation', () => {
  it.each([
    { http: false, fault: 'k8s-np-ipv4-only-ipblock', seed: 11 },
    { http: true, fault: 'k8s-np-egress-isolated-no-v6', seed: 12 },
  ])(
    'proves that the policy helps, and that its end is its end (HTTP: $http, $fault)',
    async (options) => {
      const running = await untilActive(options);
      expect(ours(running)).toHaveLength(1);
      expect(await connects(running)).toBe(true);

      const holder = running.workspace
        .messages('incidents')
        .flatMap(({ ts }) => running.workspace.thread('incidents', ts))
        .find((message) => running.workspace.buttons(message).includes('Revoke'));
      await running.workspace.click('bob', holder!, { label: 'Revoke' }, { confirm: true });
      await said(running, /reverted/i);

      expect(ours(running)).toEqual([]);
      expect(await connects(running)).toBe(false);
    },
    120_000,
  );

  it('lives longer when a second person extends it, and ends all the same', async () => {
    const running = await untilActive({
      fault: 'k8s-np-ipv4-only-ipblock',
      seed: 15,
      env: { SWEEP_SECONDS: '1', POLICY_TTL_MINUTES: '2', POLICY_MAX_MINUTES: '10' },
    });
    const { workspace } = running;
    const endOf = () => ours(running)[0]?.metadata.annotations?.['ipv6check.dev/expires-at'];
    const first = endOf();
    const question = await workspace.waitFor(
      () =>
        workspace
          .messages('incidents')
          .flatMap(({ ts }) => workspace.thread('incidents', ts))
          .find((message) => workspace.buttons(message).includes('Let it go')),
      20_000,
    );

    await workspace.click('alice', question, { label: 'Extend by 2 minutes' }, { confirm: true });
    await workspace.waitFor(() => workspace.ephemerals('alice').length === 2);
    expect(endOf()).toBe(first);
    await workspace.click('carol', question, { label: 'Extend by 2 minutes' }, { confirm: true });
    await expect.poll(endOf, { timeout: 20_000 }).not.toBe(first);

    expect(Date.parse(endOf()!) - Date.parse(first!)).toBe(120_000);
    await workspace.waitFor(() => workspace.buttons(question).length === 0, 10_000);
    await workspace.command(
      'bob',
      'incidents',
      `revoke ${ours(running)[0]!.metadata.labels!['ipv6check.dev/remediation']}`,
    );
    await said(running, /reverted/i);
    expect(ours(running)).toEqual([]);
  }, 120_000);

  it('ends by the time written on the object alone, with Redis emptied and no job left', async () => {
    const running = await untilActive({ fault: 'k8s-np-ipv4-only-ipblock', seed: 13 });
    const [policy] = ours(running);
    await flush(running.redis.url);

    const { annotations } = policy!.metadata;
    await running.cluster.apply({
      ...policy!,
      metadata: {
        ...policy!.metadata,
        annotations: {
          ...annotations,
          'ipv6check.dev/expires-at': new Date(Date.now() - 1_000).toISOString().replace(/\.\d+Z/, 'Z'),
        },
      },
    });
    const deadline = Date.now() + 20_000;
    while (ours(running).length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));

    expect(ours(running)).toEqual([]);
    await running.cluster.settled();
    expect(await connects(running)).toBe(false);
    // What has become of it is told, though nobody remembers it but the policy itself.
    await said(running, /reverted/i);
  }, 120_000);

  it('approves once when two people press at once, and tells the loser who decided', async () => {
    session = await startSession({ fault: 'k8s-np-ipv4-only-ipblock', seed: 14 });
    await awaitBot(session);
    const { workspace, cluster } = session;
    const { card } = await ask(session, '/ipv6check shop/checkout');
    await workspace.click('alice', card!, { label: 'Ask for a temporary policy' });
    const approval = await workspace.waitFor(
      () => workspace.thread('incidents', card!.ts).find((message) => workspace.buttons(message).includes('Apply')),
      20_000,
    );

    await Promise.all(
      ['bob', 'carol'].map((who) => workspace.click(who, approval, { label: 'Apply' }, { confirm: true })),
    );
    await said(session, /active/i);

    // The proposal's rehearsal and the looks at admission are dry runs, and create nothing.
    const creations = cluster.audit.filter(
      ({ verb, code, path }) => verb === 'create' && code === 201 && !path.includes('dryRun='),
    );
    expect(ours(session)).toHaveLength(1);
    expect(creations).toHaveLength(1);
    const told = [...workspace.ephemerals('bob'), ...workspace.ephemerals('carol')].map(({ text }) => text).join('\n');
    expect(told).toMatch(/already/i);
  }, 120_000);
});

async function flush(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}
