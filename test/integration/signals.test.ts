import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../lab/asking.ts';
import { type ProductProcess, type ProductRole, startProcess } from '../../lab/product.ts';
import { type Session, startSession } from '../../lab/session.ts';
import { freePort, type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

const roles = ['bot', 'probe', 'remediate'] as const;

interface Watched {
  readonly process: ProductProcess;
  readonly port: number;
}

describe('integration/signals', () => {
  let redis: OwnRedis;
  let session: Session;
  let watched: Record<ProductRole, Watched>;
  let undo: (() => Promise<void> | void)[] = [];

  /** Ends the trouble of one test, so that no other sees it. */
  async function recover(): Promise<void> {
    const steps = undo;
    undo = [];
    for (const step of steps) await step();
  }

  beforeAll(async () => {
    redis = await startOwnRedis();
    const env = { ADMISSION_FENCE: 'require', SWEEP_SECONDS: '1', LOCK_MS: '2000', STALLED_MS: '1000' };
    session = await startSession({ seed: 84, fault: 'k8s-np-ipv4-only-ipblock', redis, without: [...roles], env });
    const entries = await Promise.all(
      roles.map(async (role) => {
        const port = await freePort();
        const own =
          role === 'bot' ? {} : { IPV6CHECK_CLUSTER: session.clusterName, KUBECONFIG: session.kubeconfig[role] };
        return [
          role,
          { port, process: startProcess(role, { ...session.env, ...own, HEALTH_PORT: String(port) }) },
        ] as const;
      }),
    );
    watched = Object.fromEntries(entries) as Record<ProductRole, Watched>; // one for each of them
  }, 60_000);
  afterAll(async () => {
    for (const { process } of Object.values(watched ?? {})) await process.stop();
    await session?.close();
    await redis?.stop();
  }, 60_000);

  afterEach(recover, 30_000);
  beforeEach(untilReady, 60_000);

  const get = (role: ProductRole, path: string) => fetch(`http://127.0.0.1:${watched[role].port}${path}`);
  function statusOf(role: ProductRole): Promise<number> {
    return get(role, '/readyz').then(
      ({ status }) => status,
      () => 0,
    );
  }
  function untilReady(): Promise<unknown> {
    return vi.waitUntil(async () => (await Promise.all(roles.map(statusOf))).every((status) => status === 200), 50_000);
  }
  const readyzOf = async (role: ProductRole) => JSON.stringify(await (await get(role, '/readyz')).json());
  const seriesOf = async (role: ProductRole) =>
    (await (await get(role, '/metrics')).text()).split('\n').filter((line) => line.startsWith('ipv6check_'));
  const shows = (role: ProductRole, series: RegExp) =>
    expect
      .poll(async () => (await seriesOf(role)).filter((line) => series.test(line)), { timeout: 20_000 })
      .not.toEqual([]);

  it('counts a check from the command to the verdict', async () => {
    session.workspace.switches.rateLimit('chat.update', { times: 1, retryAfterSeconds: 1 });
    const { card } = await ask(session, '/ipv6check shop/checkout');
    expect(card?.text).toContain('Broken');

    await shows('bot', /^ipv6check_acks_total\{kind="command",result="acknowledged"\} [1-9]/);
    await shows('bot', /^ipv6check_ack_seconds_bucket\{le="3",kind="command"\} [1-9]/);
    await shows('bot', /^ipv6check_slack_connected 1$/);
    await shows('bot', /^ipv6check_queue_oldest_seconds\{queue="probe-lab\S*"\} 0$/);
    await shows('bot', /^ipv6check_queue_jobs\{queue="remediate-lab\S*",state="waiting"\} 0$/);
    const run = /^ipv6check_runs_total\{cluster="lab\S*",outcome="broken",cause="k8s-np-ipv4-only-ipblock"\} [1-9]/;
    await shows('probe', run);
    await shows('probe', /^ipv6check_probe_seconds_count\{cluster="lab\S*",where="pod",end="exited"\} [1-9]/);
    await shows('probe', /^ipv6check_probe_seconds_count\{cluster="lab\S*",where="node",end="exited"\} [1-9]/);
    await shows('probe', /^ipv6check_jobs_total\{job="diagnose",result="done"\} [1-9]/);
    await shows('probe', /^ipv6check_slack_rate_limited_total [1-9]/);
    await shows('remediate', /^ipv6check_sweeps_total\{cluster="lab\S*",result="done"\} [1-9]/);
    await shows('remediate', /^ipv6check_reverts_overdue\{cluster="lab\S*",source="cluster"\} 0$/);
    await shows('remediate', /^ipv6check_admission_fence\{.*NetworkPolicy"\} [01]$/);
  }, 90_000);

  it('offers no policy while admission does not hold the writer and that is required, and says why', async () => {
    const { workspace } = session;
    const { card } = await ask(session, '/ipv6check shop/checkout');
    await workspace.click('alice', card!, { label: 'Ask for a temporary policy' });

    const refusal = /Temporary policies are off here.*ipv6check doctor/s;
    await workspace.waitFor(
      () => workspace.thread('incidents', card!.ts).some(({ text }) => refusal.test(text)),
      30_000,
    );
    const buttons = workspace.thread('incidents', card!.ts).flatMap((message) => workspace.buttons(message));
    expect(buttons).not.toContain('Apply');
    await shows('remediate', /^ipv6check_jobs_total\{job="propose",result="done"\} [1-9]/);
  }, 90_000);

  it('is not ready without Redis, says so, and stays healthy', async () => {
    await redis.kill();
    undo.push(() => redis.restart());
    for (const role of roles) {
      await expect.poll(() => statusOf(role), { timeout: 10_000 }).toBe(503);
      expect(await readyzOf(role)).toMatch(/"redis":\{"isReady":false,"reason":"[^"]*Redis/);
      expect((await get(role, '/healthz')).status).toBe(200);
    }
    // What cannot be looked at is absent; the rest is told all the same.
    const series = await seriesOf('bot');
    expect(series.filter((line) => line.startsWith('ipv6check_queue_'))).toEqual([]);
    expect(series).toContainEqual('ipv6check_ready{part="redis"} 0');

    await recover();
    for (const role of roles) await expect.poll(() => statusOf(role), { timeout: 20_000 }).toBe(200);
  }, 90_000);

  it('is not ready while Slack does not let it in, and tells how long ago it heard anything', async () => {
    session.workspace.switches.fail('apps.connections.open', 'internal_error', 1_000);
    undo.push(() => session.workspace.switches.reset());
    session.workspace.dropSockets();

    await expect.poll(() => statusOf('bot'), { timeout: 10_000 }).toBe(503);
    expect(await readyzOf('bot')).toMatch(
      /"slack":\{"isReady":false,"reason":"not connected to Slack".*"lastEventAgeSeconds":\d+/,
    );
    await shows('bot', /^ipv6check_slack_connected 0$/);
    expect(await statusOf('probe')).toBe(200);

    await recover();
    await expect.poll(() => statusOf('bot'), { timeout: 40_000 }).toBe(200);
  }, 90_000);

  it('leaves one line in the log for each job, with the id of the request', async () => {
    await ask(session, '/ipv6check shop/checkout');
    const lines = watched.probe.process
      .log()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
    const done = lines.filter(({ msg, jobName }) => msg === 'job done' && jobName === 'diagnose');

    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ requestId }) => requestId)).size).toBe(done.length);
    expect(done.filter(({ jobId, requestId }) => jobId !== `diagnose-${requestId}`)).toEqual([]);
  }, 60_000);

  it('is not ready while the cluster is away, and the bot does not mind', async () => {
    const { trouble } = session.cluster;
    await trouble.refuseConnections(true);
    undo.push(() => trouble.refuseConnections(false));
    trouble.cutConnections();

    for (const role of ['probe', 'remediate'] as const) {
      await expect.poll(() => statusOf(role), { timeout: 15_000 }).toBe(503);
      expect(await readyzOf(role)).toContain('the API server of cluster');
    }
    expect(await statusOf('bot')).toBe(200);

    await recover();
    for (const role of roles) await expect.poll(() => statusOf(role), { timeout: 20_000 }).toBe(200);
  }, 60_000);
});
