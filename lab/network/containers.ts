import { type Image, imageScript } from './images.ts';
import { outsideDns } from './outside.ts';
import type { ContainerPlan, Plan } from './plan.ts';
import { netnsOf } from './topology.ts';

export interface ContainerPlace {
  readonly key: string;
  readonly netns: string;
  readonly image: Image;
  readonly resolvers: readonly string[];
  /** What BIRD's client shows there; null where no BIRD runs. */
  readonly bird: string | null;
}

export const rootOf = (key: string) => `/run/roots/${key}`;

export function placesOf(plan: Plan, resolvers: readonly string[], bird: string | null): Map<string, ContainerPlace> {
  const places = new Map<string, ContainerPlace>();
  const add = (
    namespace: string,
    pod: string,
    container: ContainerPlan,
    more: Omit<ContainerPlace, 'key' | 'image'>,
  ) => {
    const id = `${namespace}/${pod}/${container.name}`;
    places.set(id, { key: id.replaceAll('/', '_'), image: container.image, ...more });
  };
  for (const pod of plan.pods) {
    for (const container of pod.containers) {
      add(pod.namespace, pod.name, container, { netns: netnsOf(pod), resolvers, bird: null });
    }
  }
  for (const { calicoNodePod, netns } of plan.nodes) {
    const container = { name: 'calico-node', image: 'calico-node' } as const;
    add('calico-system', calicoNodePod, container, { netns, resolvers: Object.values(outsideDns), bird });
  }
  return places;
}

const resolvConf = (resolvers: readonly string[]) => [
  'search shop.svc.cluster.local svc.cluster.local cluster.local',
  ...resolvers.map((address) => `nameserver ${address}`),
  'options ndots:5',
];

const mounts = [
  'mount --rbind /run/images/$image $root',
  'mount -o remount,bind,ro $root',
  'mount -t proc proc $root/proc',
  'mount -t sysfs sysfs $root/sys',
  'mount -t tmpfs tmpfs $root/tmp',
  'mount --bind /run/etc/$key $root/etc',
];

/**
 * `enter key netns image words…`: runs the words in a container's namespaces, which it makes when they are missing. Most labs
 * look into two containers of their dozen.
 */
const enter = `key=$1 netns=$2 image=$3 root=${rootOf('$1')}
shift 3
if [ ! -e /run/up/$key ]; then
  exec 9>/run/start.lock
  flock 9
  if [ ! -e /run/up/$key ]; then
    [ -e /run/images/$image ] || { ${imageScript()}
    } 9>&- || exit 1
    mkdir -p $root
    export key image root
    # A session of its own: an exec that ends its group must not end the container.
    setsid nsenter --net=/run/netns/$netns unshare --mount --pid --fork --kill-child sh -ec '${mounts.join('; ')}
      : >/run/begun/$key; exec sleep infinity' </dev/null >/run/log-$key 2>&1 9>&- &
    pid=$!
    n=0; while [ ! -e /run/begun/$key ]; do n=$((n+1)); [ $n -lt 500 ] || { cat /run/log-$key >&2; exit 1; }; sleep 0.01; done
    cat /proc/$pid/task/$pid/children >/run/up/.$key && mv /run/up/.$key /run/up/$key
  fi
  exec 9>&-
fi
exec nsenter -t $(cat /run/up/$key) -m -p -n -- "$@"
`;

export const entering = ({ key, netns, image }: ContainerPlace): string[] => ['sh', '/run/enter', key, netns, image];

/** Only writes down what \`enter\` needs. */
export function containersScript(places: readonly ContainerPlace[]): string {
  return [
    `mkdir -p /run/roots /run/up /run/begun /run/images ${places.map(({ key }) => `/run/etc/${key}`).join(' ')}`,
    ...places.map(
      ({ key, resolvers }) =>
        `printf '%s\\n' ${resolvConf(resolvers)
          .map((line) => `'${line}'`)
          .join(' ')} >/run/etc/${key}/resolv.conf`,
    ),
    ...places.flatMap(({ key, bird }) => (bird === null ? [] : [`cat >/run/etc/${key}/bird6 <<'BIRD'\n${bird}\nBIRD`])),
    `cat >/run/enter <<'ENTER'\n${enter}ENTER`,
  ].join('\n');
}
