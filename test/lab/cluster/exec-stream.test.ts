import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Exec, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, execToEnd, rawExec } from './exec-client.ts';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-cluster-exec-'));
  lab = await startLab();
});
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true });
});

const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];
const isAlive = (pidFile: string) => {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
  } catch {
    return false;
  }
};

describe('lab/cluster/exec-stream', () => {
  it('runs a command for the client library and reports its exit code', async () => {
    const stdout = new PassThrough();
    const exec = new Exec(lab.config('prober'));

    const status = await new Promise<V1Status>((resolve, reject) => {
      exec
        .exec('shop', 'checkout-1', 'app', sh('echo hello; exit 3'), stdout, null, null, false, resolve)
        .catch(() => reject(new Error('refused')));
    });

    expect(stdout.read()?.toString()).toBe('hello\n');
    expect(status).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: 'command terminated with non-zero exit code: command terminated with exit code 3',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    expect(status).not.toHaveProperty('code');
  });

  it('starts with an empty frame on standard output and ends with the status and a plain close', async () => {
    const result = await execToEnd(lab, { command: sh('echo out; echo err >&2') });

    expect(result.frames[0]).toEqual({ channel: 1, payload: Buffer.alloc(0) });
    expect(result.frames.at(-1)?.channel).toBe(3);
    expect(result).toMatchObject({ closeCode: 1000, closeReason: '', protocol: 'v5.channel.k8s.io' });
    expect([result.stdout(), result.stderr()]).toEqual(['out\n', 'err\n']);
    expect(result.status()).toEqual({ metadata: {}, status: 'Success' });
  });

  it('echoes the whole command in the status of version 4', async () => {
    const { status } = await execToEnd(lab, { command: ['sh', '-c', 'exit 7'], protocols: ['v4.channel.k8s.io'] });

    expect(status().message).toBe(
      'command terminated with non-zero exit code: error executing command [sh -c exit 7], exit code 7',
    );
  });

  it('counts a signal as 128 and its number', async () => {
    const { status } = await execToEnd(lab, { command: sh('kill -9 $$') });

    expect(status().details.causes).toEqual([{ reason: 'ExitCode', message: '137' }]);
  });

  it('sends large output whole, in frames of at most 32768 bytes', async () => {
    const result = await execToEnd(lab, { command: sh('head -c 5000000 /dev/zero | tr "\\0" é') });

    expect(Math.max(...result.frames.map(({ payload }) => payload.length))).toBe(32_768);
    expect(
      result.frames.filter(({ channel }) => channel === 1).reduce((sum, { payload }) => sum + payload.length, 0),
    ).toBe(5_000_000);
  });

  it.each`
    command             | problem
    ${'nosuch-command'} | ${/exec: "nosuch-command": executable file not found in \$PATH$/}
    ${'/bin/nosuch'}    | ${/exec: "\/bin\/nosuch": stat \/bin\/nosuch: no such file or directory$/}
    ${'/etc'}           | ${/permission denied$/}
  `('answers $command with 101 and then an internal error without an exit code', async ({ command, problem }) => {
    const v5 = await execToEnd(lab, { command: [command] });
    const v4 = await execToEnd(lab, { command: [command], protocols: ['v4.channel.k8s.io'] });

    expect(v5.status()).toMatchObject({ status: 'Failure', reason: 'InternalError', code: 500 });
    expect(v5.status().message).toMatch(problem);
    expect(v5.status().message).toMatch(
      /^Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: /,
    );
    expect(v4.status().message).toMatch(/^Internal error occurred: error executing/);
  });

  it('says that arguments are missing where there is no command', async () => {
    expect((await execToEnd(lab, { command: [] })).status().message).toMatch(/args must not be empty$/);
  });

  it('fails an argument of more than 128 KiB as the program would', async () => {
    const result = await execToEnd(lab, { command: ['sh', '-c', `: ${'x'.repeat(140_000)}`] });

    expect(result.stderr()).toMatch(/argument list too long/);
    expect(result.status().details.causes[0].message).toBe('1');
  });

  it('blocks the process when the client stops reading, and loses nothing', async () => {
    const progress = join(folder, 'progress');
    const script = 'i=0; while [ $i -lt 80 ]; do head -c 1048576 /dev/zero; echo >>"$1"; i=$((i+1)); done';
    const run = rawExec(lab, { command: sh(script, progress) });
    await run.opened;
    run.socket.pause();

    const written = () => (existsSync(progress) ? readFileSync(progress).length : 0);
    const isStill = async () => {
      const before = written();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return before > 0 && before === written();
    };
    await eventually(isStill, 'a blocked process');
    const blockedAt = written();
    run.socket.resume();
    const { frames, closeCode } = await run.done;

    expect(blockedAt).toBeLessThan(60);
    expect(closeCode).toBe(1000);
    expect(frames.filter(({ channel }) => channel === 1).reduce((sum, { payload }) => sum + payload.length, 0)).toBe(
      80 * 1_048_576,
    );
  });

  it('feeds standard input and ends it on the close frame of version 5', async () => {
    const run = rawExec(lab, { command: ['cat'], stdin: true });
    await run.opened;

    run.socket.send(Buffer.from('\u0000hello '));
    run.socket.send(Buffer.from('\u0000there'));
    run.socket.send(Buffer.from([255, 0]));

    expect((await run.done).stdout()).toBe('hello there');
  });

  it('ignores the close frame in version 4 and data for a closed standard input', async () => {
    const v4 = rawExec(lab, {
      command: sh('read line; echo "got $line"'),
      stdin: true,
      protocols: ['v4.channel.k8s.io'],
    });
    const closed = rawExec(lab, { command: ['cat'] });
    await Promise.all([v4.opened, closed.opened]);

    v4.socket.send(Buffer.from([255, 0]));
    v4.socket.send(Buffer.from('\u0000still open\n'));
    closed.socket.send(Buffer.from('\u0000lost'));

    expect((await v4.done).stdout()).toBe('got still open\n');
    expect((await closed.done).stdout()).toBe('');
  });

  it('answers pings, ignores unknown channels and takes text frames as data', async () => {
    const run = rawExec(lab, { command: ['cat'], stdin: true });
    await run.opened;

    const ponged = new Promise<string>((resolve) => run.socket.once('pong', (data) => resolve(data.toString())));
    run.socket.ping('there?');
    run.socket.send(Buffer.from([9, 1, 2, 3]));
    run.socket.send('\u0000as text');
    run.socket.send(Buffer.from([255, 0]));

    expect(await ponged).toBe('there?');
    expect((await run.done).stdout()).toBe('as text');
  });

  it('waits for every holder of standard output', async () => {
    const started = Date.now();

    const { stdout } = await execToEnd(lab, { command: sh('sleep 0.6 & echo hi') });

    expect(stdout()).toBe('hi\n');
    expect(Date.now() - started).toBeGreaterThan(550);
  });

  it.each(['abort', 'close'])('lets the process live after the client’s %s, without standard input', async (how) => {
    const at = (name: string) => join(folder, `${how}-${name}`);
    const script = 'echo $$ >"$1"; echo up; cat >/dev/null; touch "$2"; exec sleep 60';
    const run = rawExec(lab, { command: sh(script, at('pid'), at('eof')), stdin: true });
    await run.until(/up/);

    if (how === 'abort') run.socket.terminate();
    else run.socket.close();

    await eventually(() => existsSync(at('eof')), 'end of standard input');
    expect(isAlive(at('pid'))).toBe(true);
    process.kill(Number(readFileSync(at('pid'), 'utf8')));
    await eventually(() => !isAlive(at('pid')), 'our own end of it');
  });

  it('lets a dead man’s switch end a script whose client is gone', async () => {
    const pid = join(folder, 'switch-pid');
    const guard = 'exec 3<&0 </dev/null; ( cat <&3 >/dev/null 2>&1; kill -9 0 ) >/dev/null 2>&1 & exec 3<&-';
    const run = rawExec(lab, {
      command: sh(`${guard}\necho $$ >"$1"; echo up; while :; do sleep 1; done`, pid),
      stdin: true,
    });
    await run.until(/up/);

    run.socket.terminate();

    await eventually(() => !isAlive(pid), 'the switch');
  });

  it('kills the main process of version 4 when the connection breaks', async () => {
    const pid = join(folder, 'v4-pid');
    const run = rawExec(lab, {
      command: sh('echo $$ >"$1"; echo up; exec sleep 60', pid),
      protocols: ['v4.channel.k8s.io'],
    });
    await run.until(/up/);

    run.socket.terminate();

    await eventually(() => !isAlive(pid), 'the end of the main process');
  });

  it('ends with 137 when the pod is deleted', async () => {
    const lasting = { ...lab.cluster.objects('Pod')[0]!, metadata: { name: 'short-lived', namespace: 'shop' } };
    await lab.cluster.apply(lasting);
    const run = rawExec(lab, { pod: 'short-lived', command: sh('echo up; sleep 60') });
    await run.until(/up/);

    await lab.ask('admin', 'DELETE', '/api/v1/namespaces/shop/pods/short-lived');

    expect((await run.done).status().details.causes[0].message).toBe('137');
  });
});
