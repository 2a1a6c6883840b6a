import type { ContainerRef, KubeObject, Network, World } from '../contract.ts';
import { containersScript, placesOf, rootOf } from './containers.ts';
import { injectionOf } from './faults.ts';
import { filterTable } from './felix.ts';
import { startHolder } from './holder.ts';
import { makePlan } from './plan.ts';
import type { Endpoint, Known } from './tiers.ts';
import { netnsOf, topologyScript } from './topology.ts';

const path = '/bin:/usr/bin:/sbin:/usr/sbin';

function endpointsOf(objects: readonly KubeObject[]): Endpoint[] {
  return objects.flatMap(({ kind, metadata, spec, status }) => {
    if (kind !== 'Pod' || (spec as { hostNetwork?: boolean })?.hostNetwork) return [];
    const ips = ((status as { podIPs?: { ip: string }[] })?.podIPs ?? []).map(({ ip }) => ip);
    return [{ namespace: metadata.namespace ?? '', labels: metadata.labels ?? {}, ips }];
  });
}

/** Brings a world up as namespaces. Everything ends with `close`, or with this process. */
export async function startNetwork(world: World): Promise<Network> {
  const plan = makePlan(world.seed);
  const { script: fault = [], natOutgoing6 = true } = injectionOf(world.fault, plan);
  const holder = await startHolder();
  const places = placesOf(plan);

  const enforce = async (objects: readonly KubeObject[]) => {
    const known: Known = { objects, endpoints: endpointsOf(objects) };
    const restore = (command: string, family: 4 | 6) =>
      `ip netns exec node ${command} <<'RULES'\n${filterTable(plan, known, family)}RULES\n`;
    await holder.script(`set -e\n${restore('ip6tables-nft-restore', 6)}${restore('iptables-nft-restore', 4)}`);
  };

  try {
    await holder.script(topologyScript(plan, world.anchors, natOutgoing6));
    const listing = await holder.script(containersScript([...places.values()]));
    const pids = new Map(
      listing
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    ); // "key pid"
    await enforce(world.objects);
    if (fault.length > 0) await holder.script(['set -e', ...fault].join('\n'));
    let queue = Promise.resolve();

    const placeOf = ({ namespace, pod, container }: ContainerRef) => {
      const place = places.get(`${namespace}/${pod}/${container}`);
      if (!place) throw new Error(`no container ${namespace}/${pod}/${container} runs in this lab`);
      return place;
    };
    const enter = ({ key }: { readonly key: string }) => ['nsenter', '-t', pids.get(key) ?? '', '-m', '-p', '-n', '--'];

    return {
      world,
      async resolve(ref, argv) {
        const [command = ''] = argv;
        if (command === '') return { ok: false, problem: 'args must not be empty' };
        const place = placeOf(ref);
        const places = command.includes('/') ? [command] : path.split(':').map((folder) => `${folder}/${command}`);
        const tests = places.map((each) => `[ -x '${rootOf(place.key)}${each.replaceAll("'", '')}' ]`).join(' || ');
        const probe = holder.run([...enter(place), 'sh', '-c', tests]);
        const code = await new Promise((resolve) => probe.once('close', resolve));
        if (code === 0) return { ok: true };
        const words = command.startsWith('/')
          ? `exec: "${command}": stat ${command}: no such file or directory`
          : `exec: "${command}": executable file not found in $PATH`;
        return { ok: false, problem: words };
      },
      exec(ref, argv) {
        const place = placeOf(ref);
        // A process of its own session and group, as a container runtime makes it.
        return holder.run([
          'env',
          '-i',
          `PATH=${path}:/usr/local/bin`,
          ...enter(place),
          'setsid',
          'chroot',
          rootOf(place.key),
          ...argv,
        ]);
      },
      enforce(objects) {
        queue = queue.catch(() => {}).then(() => enforce(objects));
        return queue;
      },
      shell(where, line) {
        const netns = 'node' in where ? 'node' : netnsOf({ namespace: where.namespace, name: where.pod });
        return holder.script(`ip netns exec ${netns} bash <<'LINE'\n${line}\nLINE\n`);
      },
      close: () => holder.close(),
    };
  } catch (error) {
    await holder.close();
    throw error;
  }
}
