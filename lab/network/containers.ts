import type { ContainerPlan, Plan } from './plan.ts';
import { netnsOf } from './topology.ts';

/** What busybox's image has; the rest of Debian's applets is not in it. */
const applets =
  'sh ash cat ls ip nc ping ping6 sleep ps id env echo wc head tail grep sed awk cut tr sort date hostname kill mkdir rm touch wget nslookup timeout true false printf test stty vi'.split(
    ' ',
  );

/** What node/clean-up-filesystem.sh leaves in calico-node's image. */
const calicoTools = (
  'bash cat grep sed sort stat tail find ls timeout ip tc ip6tables ip6tables-save ip6tables-legacy-save ' +
  'ip6tables-nft-save ip6tables-legacy ip6tables-nft iptables iptables-save iptables-legacy-save iptables-nft-save ipset nft conntrack'
).split(' ');

export interface ContainerPlace {
  readonly key: string;
  readonly netns: string;
  readonly image: ContainerPlan['image'];
  readonly resolvers: readonly string[];
}

export const rootOf = (key: string) => `/run/roots/${key}`;

export function placesOf(plan: Plan): Map<string, ContainerPlace> {
  const places = new Map<string, ContainerPlace>();
  const add = (namespace: string, pod: string, container: ContainerPlan, netns: string) => {
    const id = `${namespace}/${pod}/${container.name}`;
    places.set(id, { key: id.replaceAll('/', '_'), netns, image: container.image, resolvers: ['10.96.0.10'] });
  };
  for (const pod of plan.pods) {
    for (const container of pod.containers) add(pod.namespace, pod.name, container, netnsOf(pod));
  }
  add('calico-system', plan.calicoNodePod, { name: 'calico-node', image: 'calico-node' }, 'node');
  return places;
}

/** The file sets, made once per lab on its tmpfs. */
function images(): string[] {
  const libraries = 'for f in $(ldd /bin/busybox | grep -o "/[^ ]*"); do mkdir -p $B$(dirname $f); cp -L $f $B$f; done';
  return [
    'B=/run/images/busybox; mkdir -p $B/bin; cp /bin/busybox $B/bin/busybox',
    libraries,
    `for a in ${applets.join(' ')}; do ln -s busybox $B/bin/$a; done`,
    'B=/run/images/distroless; mkdir -p $B/app; cp /bin/busybox $B/app/server',
    libraries,
    'B=/run/images/calico-node; mkdir -p $B/bin $B/usr/lib $B/lib $B/lib64 $B/usr/share/iproute2',
    `for t in ${calicoTools.join(' ')}; do p=$(command -v $t) && cp -L $p $B/bin/$t; done; ln -s bash $B/bin/sh`,
  ];
}

function container({ key, netns, image, resolvers }: ContainerPlace): string[] {
  const root = rootOf(key);
  const resolver = resolvers.map((address) => `nameserver ${address}`).join('\\n');
  const libraries = image === 'calico-node' ? '/usr/lib /lib /lib64' : '';
  const mounts = [
    `for d in $(ls /run/images/${image}); do mkdir -p ${root}/$d; mount --bind /run/images/${image}/$d ${root}/$d; mount -o remount,bind,ro ${root}/$d; done`,
    ...(libraries ? [`for d in ${libraries}; do mount --bind $d ${root}$d; done`] : []),
    `mkdir -p ${root}/proc ${root}/sys ${root}/tmp ${root}/etc ${root}/dev`,
    `printf "${resolver}\\n" > ${root}/etc/resolv.conf`,
    `mount -t proc proc ${root}/proc; mount -t sysfs sysfs ${root}/sys`,
    `for n in null zero urandom; do : > ${root}/dev/$n; mount --bind /dev/$n ${root}/dev/$n; done`,
  ];
  return [
    // Its output is closed, or the script that starts it would wait for the pause process's end.
    `ip netns exec ${netns} unshare --mount --pid --fork --kill-child sh -c 'set -e; ${mounts.join('; ')}; echo $$ > /dev/null; : > /run/up/${key}; exec sleep infinity' </dev/null >/run/log-${key} 2>&1 &`,
    `echo ${key} $! >> /run/pids`,
  ];
}

/** Starts every container's pause process; prints `key pid` lines, pids as the lab's holder sees them. */
export function containersScript(places: readonly ContainerPlace[]): string {
  return [
    'set -e; mkdir -p /run/roots /run/up /run/images',
    ...images(),
    ...places.flatMap(container),
    `n=0; while [ $(ls /run/up | wc -l) -lt ${places.length} ]; do n=$((n+1)); [ $n -lt 500 ] || { cat /run/log-* >&2; exit 1; }; sleep 0.01; done`,
    'while read key pid; do echo $key $(cat /proc/$pid/task/$pid/children); done < /run/pids',
  ].join('\n');
}
