import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** One process of the product, started by path and told of the world by its environment alone. */
export interface ProductProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Everything it logged, for the failure message of a test and for `--verbose`. */
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export type ProductRole = 'bot' | 'probe' | 'remediate';

const entries: Record<ProductRole, string> = {
  bot: 'src/main.ts',
  probe: 'workers/main.ts',
  remediate: 'workers/main.ts',
};

/** Only what a process needs of ours: the product must not learn of the lab by accident. */
const inherited = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const;

export function startProcess(
  role: ProductRole,
  env: Readonly<Record<string, string>>,
  options: { readonly logFile?: string } = {},
): ProductProcess {
  const lines: string[] = [];
  const file: WriteStream | undefined = options.logFile
    ? createWriteStream(options.logFile, { flags: 'a' })
    : undefined;
  const base = Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', process.execPath, '--disable-warning=ExperimentalWarning', join(root, entries[role])],
    { env: { ...base, ...env, ...(role === 'bot' ? {} : { ROLE: role }) }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const keep = (chunk: Buffer) => {
    lines.push(chunk.toString('utf8'));
    file?.write(chunk);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

  return {
    name: role,
    child,
    log: () => lines.join(''),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      file?.end();
    },
  };
}

/** The terminal door, run to its end. */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const base = Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'workers/cli/main.ts'), ...args],
    {
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}
