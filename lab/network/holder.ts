import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ExecProcess } from '../contract.ts';

/** The one process whose namespaces are the lab: when it dies, all that runs and exists in them goes with it. */
export interface Holder {
  run(argv: readonly string[]): ExecProcess;
  /** Runs a script to its end; rejects with its standard error when it fails. */
  script(text: string): Promise<string>;
  close(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

export async function startHolder(): Promise<Holder> {
  // It waits on a pipe from us, so that our own end, kill -9 included, is its end.
  const words = [
    ...(isRoot ? [] : ['--user', '--map-root-user']),
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const child: ChildProcess = spawn(
    'unshare',
    [...words, 'sh', '-c', 'mount -t tmpfs none /run && mkdir -p /run/netns && echo ready && exec cat >/dev/null'],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let problem = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    problem += chunk.toString('utf8');
  });
  const ended = once(child, 'exit');
  const ready = child.stdout ? once(child.stdout, 'data') : Promise.reject(new Error('no pipe'));
  await Promise.race([
    ready,
    ended.then(() => Promise.reject(new Error(`the lab's namespaces cannot be made here: ${problem.trim()}`))),
  ]);
  const [inner] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  const enter = ['-t', inner ?? '', ...(isRoot ? [] : ['-U', '--preserve-credentials']), '-n', '-m', '-p', '--'];

  const run = (argv: readonly string[]): ExecProcess =>
    spawn('nsenter', [...enter, ...argv], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH ?? '' } });

  return {
    run,
    script: (text) =>
      new Promise((resolve, reject) => {
        const shell = run(['sh', '-s']);
        let stdout = '';
        let stderr = '';
        shell.stdout.on('data', (chunk: Buffer) => {
          stdout += chunk.toString('utf8');
        });
        shell.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk.toString('utf8');
        });
        shell.once('error', reject);
        shell.once('close', (code) =>
          code === 0 ? resolve(stdout) : reject(new Error(`a script in the lab ended with ${code}: ${stderr.trim()}`)),
        );
        shell.stdin.on('error', () => {}); // a script that ends early closes its pipe; its exit code tells
        shell.stdin.end(text);
      }),
    async close() {
      child.stdin?.end();
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
    },
  };
}
