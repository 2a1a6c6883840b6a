import type { ContainerRef, KubeObject, Network, World } from '../contract.ts';
import { startAgent } from './agent/agent.ts';
import { birdStatus } from './bird.ts';
import { containersScript, entering, placesOf, rootOf } from './containers.ts';
import { injectionOf } from './faults.ts';
import { foreignRules } from './foreign.ts';
import { startHolder } from './holder.ts';
import { makePlan } from './plan.ts';
import { awaitServers, serversScript, zoneOf } from './servers.ts';
import { usualShape } from './shape.ts';
import { inside, netnsOf, topologyScript } from './topology.ts';
import { retries, strangers } from './traffic.ts';

const path = '/bin:/usr/bin:/sbin:/usr/sbin';

/** Brings a world up as namespaces. Everything ends with `close`, or with this process. */
export async function startNetwork(world: World): Promise<Network> {
  const { shape = usualShape, anchors } = world;
  const plan = makePlan(world.seed, shape);
  const injection = injectionOf(world.fault, plan);
  const { script: fault = [], quirks = {}, traffic = [] } = injection;
  const { resolvers = [shape.family === 'dual' ? plan.dnsService.ipv4 : plan.dnsService.ipv6] } = injection;
  const places = placesOf(plan, resolvers, injection.bird ?? birdStatus(plan));
  const interfaces = new Map(plan.pods.map(({ namespace, name, veth }) => [`${namespace}/${name}`, veth]));
  const holder = await startHolder();
  const enforce = startAgent(
    plan.nodes.map(({ netns, name: node }) => ({ netns, node, quirks, interfaces })),
    shape,
    (script) => holder.script(script),
  );

  const placeOf = ({ namespace, pod, container }: ContainerRef) => {
    const place = places.get(`${namespace}/${pod}/${container}`);
    if (!place) throw new Error(`no container ${namespace}/${pod}/${container} runs in this lab`);
    return place;
  };
  const background = [
    ...(traffic.includes('retries') ? retries(plan, anchors) : []),
    ...(traffic.includes('strangers') ? strangers(plan, anchors) : []),
  ];

  try {
    await holder.script(
      [
        topologyScript(plan, anchors),
        serversScript(plan, anchors, { ...zoneOf(plan, anchors), ...injection.zone }),
        containersScript([...places.values()]),
      ].join('\n'),
    );
    await enforce(world.objects);
    await holder.script(['set -e', ...foreignRules(plan), awaitServers, ...fault, ...background].join('\n'));
  } catch (error) {
    await holder.close();
    throw error;
  }

  let queue = Promise.resolve();
  return {
    world,
    async resolve(ref, argv) {
      const [command = ''] = argv;
      if (command === '') return { ok: false, problem: 'args must not be empty' };
      const place = placeOf(ref);
      const files = command.includes('/') ? [command] : path.split(':').map((folder) => `${folder}/${command}`);
      const tests = files.map((each) => `[ -x '${rootOf(place.key)}${each.replaceAll("'", '')}' ]`).join(' || ');
      const probe = holder.run([...entering(place), 'sh', '-c', tests]);
      const code = await new Promise((resolve) => probe.once('close', resolve));
      if (code === 0) return { ok: true };
      const words = command.startsWith('/')
        ? `exec: "${command}": stat ${command}: no such file or directory`
        : `exec: "${command}": executable file not found in $PATH`;
      return { ok: false, problem: words };
    },
    exec(ref, argv) {
      const place = placeOf(ref);
      const clean = ['env', '-i', `PATH=${path}:/usr/local/bin`];
      // A process of its own session and group, as a container runtime makes it.
      return holder.run([...entering(place), ...clean, 'setsid', 'chroot', rootOf(place.key), ...argv]);
    },
    enforce(objects: readonly KubeObject[]) {
      queue = queue.catch(() => {}).then(() => enforce(objects));
      return queue;
    },
    shell(where, line) {
      const node = 'node' in where ? (plan.nodes.find(({ name }) => name === where.node) ?? plan.nodes[0]) : null;
      const netns = node?.netns ?? ('pod' in where ? netnsOf({ namespace: where.namespace, name: where.pod }) : '');
      return holder.script(inside(netns, ["exec bash <<'LINE'", line, 'LINE']));
    },
    close: () => holder.close(),
  };
}
