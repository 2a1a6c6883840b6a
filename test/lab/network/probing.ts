import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { ContainerRef, Network, World } from '../../../lab/contract.ts';
import type { Entry } from '../../../lab/network/faults/entry.ts';
import { startNetwork } from '../../../lab/network/start.ts';
import { makeWorld, type WorldOptions } from '../../../lab/network/world.ts';

export type Place = Parameters<Network['shell']>[0];

export async function run(network: Network, ref: ContainerRef, argv: readonly string[], input = '') {
  const child = network.exec(ref, argv);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

export function containerOf({ world }: Network, app: RegExp): ContainerRef {
  const pod = world.objects.find(({ kind, metadata }) => kind === 'Pod' && app.test(metadata.name));
  const { containers } = pod!.spec as { containers: { name: string }[] };
  return { namespace: pod!.metadata.namespace!, pod: pod!.metadata.name, container: containers[0]!.name };
}

export const subjectOf = ({ subject }: World) => ({ namespace: subject.namespace, pod: subject.pod });

/** `open`, or how the connect failed, as the shell of the host's tools says it; `silence` when nothing came in time. */
export async function connect(network: Network, from: Place, address: string, port = 443, limit = 3): Promise<string> {
  const line = `timeout ${limit} bash -c '</dev/tcp/${address}/${port}' 2>&1 | sed -n 's/.*: //p' | tail -n 1; [ \${PIPESTATUS[0]} = 0 ] && echo open; true`;
  return (await network.shell(from, line)).trim().split('\n').at(-1) || 'silence';
}

/** Sends more than one packet's worth, and says what the other side said, or `stalls`. */
export async function upload(network: Network, address: string, limit: number): Promise<string> {
  const head = 'POST / HTTP/1.1\\\\r\\\\nHost: lab\\\\r\\\\nContent-Length: 60000\\\\r\\\\n\\\\r\\\\n';
  const send = `exec 9<>/dev/tcp/${address}/443; { printf '${head}'; head -c 60000 /dev/zero; } >&9; head -n 1 <&9`;
  return (await network.shell(subjectOf(network.world), `timeout ${limit} bash -c "${send}" || echo stalls`)).trim();
}

/** How many of `count` connections at once are answered. */
export async function answered(network: Network, from: Place, address: string, count: number): Promise<number> {
  const one = `timeout 1 bash -c '</dev/tcp/${address}/443' 2>/dev/null && echo open`;
  const line = `for i in $(seq ${count}); do ( ${one} ) & done; wait; true`;
  return (await network.shell(from, line)).split('open').length - 1;
}

/** AAAA records as the pod's own resolver brings them. */
export async function lookUp(network: Network, name: string): Promise<readonly string[]> {
  const argv = ['timeout', '1', 'nslookup', '-type=aaaa', name];
  const { stdout } = await run(network, containerOf(network, /^checkout/), argv);
  const [, answer = ''] = stdout.split('answer:');
  return [...answer.matchAll(/Address: (\S+)/g)].map(([, address]) => address!);
}

let running = 0;
const waiting: (() => void)[] = [];

/** Two labs at once in one file, and two files at once: as many as two cores carry. */
async function taking<T>(work: () => Promise<T>): Promise<T> {
  if (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

export const inLab = <T>(options: WorldOptions, work: (network: Network) => Promise<T>): Promise<T> =>
  taking(async () => {
    const network = await startNetwork(makeWorld(options));
    try {
      return await work(network);
    } finally {
      await network.close();
    }
  });

/** What the pod sees over IPv6 (some of many attempts lost: `sometimes`; nearly all: `seldom`), what its node sees, and what the pod sees over IPv4. */
export type Seen = readonly [pod: string, node: string, overIPv4?: string];

/** Enough that two equal paths are both taken. */
const attempts = 16;

async function oftenWord(network: Network, from: Place, address: string): Promise<string> {
  const open = await answered(network, from, address, attempts);
  return open === attempts ? 'always' : open > 0 ? 'sometimes' : 'seldom';
}

async function seen(network: Network, expected: Seen): Promise<Seen> {
  const { world } = network;
  const [anchor] = world.anchors;
  const [, inner] = /^\[(.+)\]:53$/.exec(world.destination ?? '') ?? [];
  const [address, port] = inner ? [inner, 53] : [anchor!.ipv6, 443];
  const [podWords, nodeWords, fourWords = 'open'] = expected;
  const from = (place: Place, to: string, door: number, words: string) =>
    words === 'sometimes'
      ? oftenWord(network, place, to)
      : // Nothing to wait for where nothing is expected; an ICMP error may need a retransmission of TCP's to be noticed.
        connect(network, place, to, door, words === 'silence' ? 0.8 : 4);
  const pod = subjectOf(world);
  const controls = [
    from({ node: world.subject.node }, address, port, nodeWords),
    world.shape?.family === 'ipv6' ? fourWords : from(pod, anchor!.ipv4, 443, fourWords),
  ] as const;
  if (podWords !== 'sometimes' && podWords !== 'seldom') {
    return Promise.all([from(pod, address, port, podWords), ...controls]);
  }
  // The controls first: what is scarce is used up by many attempts.
  const [node, four] = await Promise.all(controls);
  return [await oftenWord(network, pod, address), node, four];
}

/** One test per entry, with plain packets, and one that no entry is without symptoms. */
export function provesByPackets(entries: readonly Entry[], symptoms: Readonly<Record<string, Seen>>): void {
  const injectable = entries.filter(({ inject }) => inject);

  it('writes down what each of them looks like', () => {
    expect(Object.keys(symptoms).toSorted()).toEqual(injectable.map(({ id }) => id).toSorted());
  });

  it.concurrent.each(injectable)(
    '$id: $how',
    async ({ id }) => {
      const expected = symptoms[id]!;

      const found = await inLab({ fault: id, seed: 42 }, (network) => seen(network, expected));

      const [pod, node, four = 'open'] = expected;
      // What is seldom may just have happened.
      const isSeldom = pod === 'seldom' && found[0] === 'sometimes';
      expect(found).toEqual([isSeldom ? 'sometimes' : pod, node, four]);
    },
    90_000,
  );
}
