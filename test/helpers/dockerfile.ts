import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export interface Instruction {
  readonly verb: string;
  readonly rest: string;
}

export function instructionsOf(path: string): Instruction[] {
  return readFileSync(path, 'utf8')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, verb = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      return { verb, rest };
    });
}

/** Names after a `!` of a .dockerignore that ignores all others. */
function admittedBy(path: string): (name: string) => boolean {
  const lines = readFileSync(path, 'utf8').split('\n');
  if (!lines.includes('*')) throw new Error(`${path} does not begin by ignoring everything`);
  const names = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  return (name) => names.some((each) => name === each || name.startsWith(`${each}/`));
}

export interface Built {
  /** The last stage's root. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
}

/** Does in folders what an engine would do in layers: COPY, RUN, WORKDIR, ENV. Base images are what the machine has. */
export function buildInFolders(dockerfile: string, into: string, path: string): Built {
  const admits = admittedBy('.dockerignore');
  const stages = new Map<string, string>();
  let stage = { root: '', workdir: '/', env: {} as Record<string, string>, user: 'root', command: [] as string[] };
  const inside = (place: string) => join(stage.root, place.startsWith('/') ? place : join(stage.workdir, place));

  for (const { verb, rest } of instructionsOf(dockerfile)) {
    const words = rest.split(/\s+/);
    if (verb === 'FROM') {
      const name = words[2] ?? `stage-${stages.size}`;
      stage = { root: join(into, name), workdir: '/', env: {}, user: 'root', command: [] };
      stages.set(name, stage.root);
      mkdirSync(stage.root, { recursive: true });
    } else if (verb === 'WORKDIR') {
      stage.workdir = rest;
      mkdirSync(join(stage.root, rest), { recursive: true });
    } else if (verb === 'COPY') {
      const from = words[0]?.startsWith('--from=') ? stages.get(words.shift()?.slice('--from='.length) ?? '') : null;
      if (from === undefined) throw new Error(`COPY ${rest}: there is no such stage`);
      const to = inside(words.pop() ?? '');
      for (const source of words) {
        if (from === null && !admits(source)) throw new Error(`COPY ${source}: .dockerignore keeps it out`);
        const path = from === null ? resolve(source) : join(from, source);
        if (!existsSync(path)) throw new Error(`COPY ${source}: there is no such file`);
        // Into a folder where several come, or where the name ends with a slash; as that name otherwise.
        const isInto = words.length > 1 || (rest.endsWith('/') && !existsSync(join(path, '.')));
        cpSync(path, isInto ? join(to, basename(source)) : to, { recursive: true, verbatimSymlinks: true });
      }
    } else if (verb === 'RUN') {
      const env = { PATH: path, HOME: stage.root, ...wayToTheRegistry(), ...stage.env };
      const { status, stderr } = spawnSync('sh', ['-c', rest], { cwd: inside('.'), encoding: 'utf8', env });
      if (status !== 0) throw new Error(`RUN ${rest}: ${stderr}`);
    } else if (verb === 'ENV') {
      for (const word of words) stage.env[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
    } else if (verb === 'USER') {
      stage.user = rest;
    } else if (verb === 'CMD') {
      stage.command = JSON.parse(rest) as string[]; // the exec form alone, for there is no shell
    } else if (verb !== 'EXPOSE') {
      throw new Error(`${verb} is an instruction that nobody follows here`);
    }
  }
  return stage;
}

/** A builder brings its own proxies and certificates, and nothing else of the machine that it runs on. */
function wayToTheRegistry(): NodeJS.ProcessEnv {
  const brought = /^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy|npm_config_(registry|cafile))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => brought.test(name)));
}
