import { once } from 'node:events';
import { startHolder } from '../../../lab/network/holder.ts';

export interface ProbeRun {
  readonly code: number;
  readonly stdout: string;
  readonly ms: number;
}

export interface RunningProbe {
  /** Resolves when standard output so far matches. */
  until(pattern: RegExp): Promise<void>;
  type(text: string): void;
  /** So far. */
  stdout(): string;
  /** What a client that is gone comes to. */
  endInput(): void;
  readonly done: Promise<ProbeRun>;
}

export interface Container {
  start(argv: readonly string[]): RunningProbe;
  run(argv: readonly string[]): Promise<ProbeRun>;
  /** On the machine that the container runs on, in its network. */
  script(text: string): Promise<string>;
  /** Processes of probes that are left: running ones, and zombies that nobody reaps. */
  left(): Promise<{ readonly running: number; readonly zombies: number }>;
  close(): Promise<void>;
}

/** What a container of busybox's image has, bar the commands that its tests bring or withhold. */
export const busybox = 'ash cat ls grep sleep kill env echo true false tr ip printf nslookup'
  .split(' ')
  .map((name) => `${name}=busybox`);

/** Listens, refuses and swallows: what a destination can do without a network. */
export const places = { open: 8080, refused: 8081, hole6: 'fd00:b::dead', hole4: '10.9.0.66' } as const;

const network = `
ip link set lo up
ip link add v0 type veth peer name v1
ip link set v0 up; ip link set v1 up
ip -6 addr add fd00:b::1/64 dev v0 nodad; ip addr add 10.9.0.1/24 dev v0
# Addressed to nobody: the other end drops it, and no error comes back.
ip -6 neigh add ${places.hole6} lladdr 02:00:00:00:00:01 dev v0 nud permanent
ip neigh add ${places.hole4} lladdr 02:00:00:00:00:01 dev v0 nud permanent
`;

const listener = `require('net').createServer((s) => s.on('error', () => 0)).listen(${places.open}, '::', () => console.log('up'))`;

/**
 * A root with these commands only: \`name=path\`, or \`name=busybox\` for an applet. Process 1 reaps nothing, as \`sleep
 * infinity\` does not.
 */
export async function startContainer(commands: readonly string[]): Promise<Container> {
  const holder = await startHolder();
  const links = commands.map((command) => {
    const [name = '', path = ''] = command.split('=');
    if (path === 'busybox') return `ln -s busybox $R/bin/${name}`;
    return `: > $R/bin/${name}; mount --bind "$(readlink -f "${path}")" $R/bin/${name}`;
  });
  await holder.script(`set -e${network}
R=/run/root; mkdir -p $R/bin $R/proc $R/sys $R/etc $R/dev $R/usr/lib $R/lib $R/lib64 $R/usr/share
for d in usr/lib lib lib64 usr/share; do mount --bind /$d $R/$d; done
: > $R/bin/busybox; mount --bind "$(command -v busybox)" $R/bin/busybox
${links.join('\n')}
mount -t proc proc $R/proc; mount -t sysfs sysfs $R/sys
printf 'search shop.svc\\nnameserver fd00:10:96::a\\nnameserver 10.96.0.10\\noptions ndots:5\\n' > $R/etc/resolv.conf
: > $R/dev/null; mount --bind /dev/null $R/dev/null
`);
  const server = holder.run([process.execPath, '-e', listener]);
  await once(server.stdout, 'data');

  const start = (argv: readonly string[]): RunningProbe => {
    const startedAt = performance.now();
    const child = holder.run([
      'env',
      '-i',
      'PATH=/bin:/usr/bin:/usr/sbin',
      'PROBE=1',
      'setsid',
      'chroot',
      '/run/root',
      ...argv,
    ]);
    let stdout = '';
    let onOutput = (): void => undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      onOutput();
    });
    child.stdin.on('error', () => undefined);
    const done = once(child, 'close').then(([code, signal]) => ({
      ...{ code: signal === 'SIGKILL' ? 137 : Number(code), stdout },
      ms: performance.now() - startedAt,
    }));
    return {
      until: (pattern) =>
        new Promise((resolve) => {
          onOutput = () => void (pattern.test(stdout) && resolve());
          onOutput();
        }),
      stdout: () => stdout,
      type: (text) => void child.stdin.write(text),
      endInput: () => void child.stdin.end(),
      done,
    };
  };

  return {
    start,
    run: (argv) => start(argv).done,
    script: (text) => holder.script(text),
    async left() {
      const found = await holder.script(
        `grep -ls PROBE=1 /proc/[0-9]*/environ | wc -l; grep -ls '^State:.Z' /proc/[0-9]*/status | wc -l`,
      );
      const [running = Number.NaN, zombies = Number.NaN] = found.trim().split('\n').map(Number);
      return { running, zombies };
    },
    async close() {
      const ended = once(server, 'close');
      await holder.close();
      await ended;
    },
  };
}
