import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterSession, ExecOptions, ExecOutcome } from '../../../src/ports.ts';
import type { ConnectedCluster } from '../../../workers/adapters/kubernetes.ts';
import { eventually } from '../../lab/cluster/exec-client.ts';
import { type Lab, startLab } from '../../lab/cluster/stand-in.ts';
import { connectedBy } from './connecting.ts';
import { v4Only } from './v4-only.ts';

const endMarker = '@@n end';
const target = { namespace: 'shop', pod: 'checkout-1', container: 'app' };
const defaults: ExecOptions = { deadlineMs: 10_000, maxBytes: 1_000_000, endMarker };

let lab: Lab;
let older: Awaited<ReturnType<typeof v4Only>>;
let connected: ConnectedCluster;
let v4: ConnectedCluster;
let stop: AbortController;

beforeAll(async () => {
  lab = await startLab();
  older = await v4Only(lab.cluster.url);
});
afterAll(async () => {
  await older.close();
  await lab.close();
});
beforeEach(async () => {
  lab.cluster.trouble.exec = undefined;
  stop = new AbortController();
  connected = await connectedBy(lab.cluster.kubeconfig('prober'));
  const plain = lab.cluster
    .kubeconfig('prober')
    .replace(/\{server: .*\}/, `{server: "${older.url}", insecure-skip-tls-verify: true}`);
  v4 = await connectedBy(plain);
});
afterEach(async () => {
  stop.abort();
  await Promise.all([connected.close(), v4.close()]);
});

const session = (by: ConnectedCluster = connected): ClusterSession => by.cluster.session('r1', stop.signal);
const sh = (script: string) => ['sh', '-c', script];
const finishing = (script: string) => sh(`${script}; echo '${endMarker}'`);

function run(argv: readonly string[], over: Partial<ExecOptions> & { by?: ConnectedCluster; pod?: string } = {}) {
  const { by, pod = target.pod, ...options } = over;
  return session(by).exec({ ...target, pod }, argv, { ...defaults, ...options });
}

const ended = (argv: readonly string[], over: Parameters<typeof run>[1] = {}): Promise<ExecOutcome> =>
  run(argv, over).done;

describe('workers/adapters/exec', () => {
  it.each(['v5', 'v4'] as const)('brings output, errors and the exit code over %s', async (protocol) => {
    const by = protocol === 'v5' ? connected : v4;

    const whole = await ended(finishing('echo out; echo err >&2'), { by });
    const failed = await ended(sh('echo half; exit 3'), { by });
    const killed = await ended(sh('kill -9 $$'), { by });

    expect(whole).toEqual({
      ...{ kind: 'exited', code: 0, stdout: `out\n${endMarker}\n`, stderr: 'err\n' },
      ms: expect.any(Number),
    });
    expect(failed).toMatchObject({ kind: 'exited', code: 3, stdout: 'half\n' });
    expect(killed).toMatchObject({ kind: 'exited', code: 137 });
  });

  it.each(['v5', 'v4'] as const)('says over %s that a command is not there', async (protocol) => {
    const by = protocol === 'v5' ? connected : v4;

    expect(await ended(['no-such-shell'], { by })).toMatchObject({
      kind: 'command-not-found',
      detail: expect.stringContaining('exec: "no-such-shell": executable file not found in $PATH'),
    });
    expect(await ended(['/etc'], { by })).toMatchObject({ kind: 'command-not-found' });
    expect(await ended(['/no/sh'], { by })).toMatchObject({ kind: 'command-not-found' });
  });

  it.each(['v5', 'v4'] as const)(
    'types into the command over %s, before and after it has started',
    async (protocol) => {
      const seen: string[] = [];
      const exec = run(finishing('read a; echo "got $a"; read b; echo "got $b"'), {
        by: protocol === 'v5' ? connected : v4,
        onOutput: (soFar) => {
          if (soFar.endsWith('got first\n')) exec.write('sécond\n');
          seen.push(soFar);
        },
      });
      exec.write('fir');
      exec.write('st\n');

      expect(await exec.done).toMatchObject({ kind: 'exited', stdout: `got first\ngot sécond\n${endMarker}\n` });
      expect(seen[0]).toBe('got first\n');
      expect(seen.at(-1)).toBe(`got first\ngot sécond\n${endMarker}\n`);
      exec.write('too late');
    },
  );

  it('puts characters together that frames cut', async () => {
    // Three bytes each: a frame of 32768 bytes never ends with a whole one.
    const outcome = await ended(finishing(`head -c 300000 /dev/zero | sed 's/\\x00/€/g'; echo`));

    expect(outcome).toMatchObject({ kind: 'exited', stdout: `${'€'.repeat(300_000)}\n${endMarker}\n` });
  });

  it.each`
    trouble        | kind
    ${'hang'}      | ${'timed-out'}
    ${'no-answer'} | ${'timed-out'}
  `('ends at its own deadline when the exec is $trouble', async ({ trouble, kind }) => {
    lab.cluster.trouble.exec = trouble;

    expect(await ended(['echo', 'hi'], { deadlineMs: 200 })).toEqual({ kind, afterMs: 200, stdout: '' });
  });

  it('keeps what was printed before its deadline, and ends the input of the command', async () => {
    const outcome = await ended(sh('echo begun; cat >/dev/null'), { deadlineMs: 400 });

    expect(outcome).toEqual({ kind: 'timed-out', afterMs: 400, stdout: 'begun\n' });
    await eventually(() => lab.cluster.runningExecs === 0, 'the end of the command');
  });

  it('reports a connection that breaks in the middle', async () => {
    lab.cluster.trouble.exec = 'drop';

    expect(await ended(['echo', '0123456789'])).toEqual({
      ...{ kind: 'transport-failed', detail: expect.stringMatching(/closed without a status \(1006\)|broke off/) },
      stdout: expect.stringMatching(/^(012345)?$/),
    });
  });

  it('reports a server that refuses connections, by its host', async () => {
    await lab.cluster.trouble.refuseConnections(true);
    const outcome = await ended(['true']);
    await lab.cluster.trouble.refuseConnections(false);

    const { host } = new URL(lab.cluster.url);
    expect(outcome).toEqual({
      ...{ kind: 'transport-failed', stdout: '' },
      detail: `The API server at ${host} refuses connections`,
    });
  });

  it('does not believe a Success that comes before the end of the script', async () => {
    lab.cluster.trouble.exec = 'early-success';

    expect(await ended(['echo', '0123456789'])).toMatchObject({ kind: 'truncated', stdout: '012345' });
  });

  it('takes bytes that are no text for a run cut short', async () => {
    lab.cluster.trouble.exec = 'garbage';

    expect(await ended(['true'])).toMatchObject({ kind: 'truncated', stdout: expect.stringContaining('\ufffd') });
  });

  it('ends a flood at its limit, errors counted', async () => {
    lab.cluster.trouble.exec = 'flood';
    const flood = await ended(['true'], { maxBytes: 100_000 });
    lab.cluster.trouble.exec = undefined;
    const errors = await ended(sh('head -c 3000 /dev/zero >&2; sleep 1'), { maxBytes: 2_999 });
    const within = await ended(finishing('head -c 2000 /dev/zero >&2'), { maxBytes: 2_008 });

    expect(flood).toMatchObject({ kind: 'output-capped' });
    expect(flood.kind === 'output-capped' && flood.bytes).toBeGreaterThan(100_000);
    expect(flood.kind === 'output-capped' && flood.stdout.length).toBeLessThanOrEqual(100_000);
    expect(errors).toMatchObject({ kind: 'output-capped', stdout: '' });
    expect(within).toMatchObject({ kind: 'exited', code: 0 });
  });

  it.each(['v5', 'v4'] as const)('is aborted over %s at any moment, and leaves no command behind', async (protocol) => {
    const by = protocol === 'v5' ? connected : v4;
    const { promise: begun, resolve } = Promise.withResolvers<string>();
    const open = ended(sh('echo up; cat >/dev/null'), { by, onOutput: resolve });
    await begun;

    stop.abort();

    expect(await open).toEqual({ kind: 'aborted' });
    expect(await ended(['true'], { by })).toEqual({ kind: 'aborted' });
    await eventually(() => lab.cluster.runningExecs === 0, 'the end of the command');
  });

  it('is aborted before there is an answer', async () => {
    lab.cluster.trouble.exec = 'no-answer';
    const before = lab.cluster.audit.length;
    const waiting = ended(['true']);
    await eventually(() => lab.cluster.audit.length > before, 'the request');

    stop.abort();

    expect(await waiting).toEqual({ kind: 'aborted' });
  });

  it('keeps to the maximum over runs, and gives an aborted run’s place to the next', async () => {
    const narrow = await connectedBy(lab.cluster.kubeconfig('prober'), { maxInFlight: 2 });
    const first = narrow.cluster.session('first', stop.signal);
    const { promise: begun, resolve } = Promise.withResolvers<string>();
    const holding = first.exec(target, sh('echo up; cat >/dev/null'), { ...defaults, onOutput: resolve });
    await begun;

    const before = lab.cluster.audit.length;
    const second = narrow.cluster
      .session('second', new AbortController().signal)
      .exec(target, finishing(':'), defaults);
    const beside = await first.exec(target, finishing('echo beside'), defaults).done;
    expect(beside).toMatchObject({ kind: 'exited' });
    expect(lab.cluster.auditSince(before).map(({ userAgent }) => userAgent)).toEqual([
      expect.stringContaining('(run first)'),
    ]);

    stop.abort();
    expect(await holding.done).toEqual({ kind: 'aborted' });
    expect(await second.done).toMatchObject({ kind: 'exited', code: 0 });
    await narrow.close();
  });
});
