/** What busybox's image has; the rest of Debian's applets is not in it. */
const applets =
  'sh ash cat ls ip nc ping ping6 sleep ps id env echo wc head tail grep sed awk cut tr sort date hostname kill mkdir ' +
  'rm touch wget nslookup timeout true false printf test stty vi';

/** What node/clean-up-filesystem.sh is known to leave in calico-node's image, and nothing more: it has no `sleep`. */
const calicoTools =
  'bash cat grep sed sort stat tail find ls timeout ip tc ip6tables ip6tables-save ip6tables-legacy-save ' +
  'ip6tables-nft-save ipset nft conntrack';

/** BIRD's client, where BIRD runs: it shows what the lab wrote down for its node. */
const birdClient = `#!/bin/bash
if [ -e /etc/bird6 ]; then cat /etc/bird6; else echo "Unable to connect to server control socket (/var/run/calico/bird6.ctl): No such file or directory"; exit 1; fi
`;

const folders = (base: string) =>
  `mkdir -p ${['bin', 'proc', 'sys', 'tmp', 'etc', 'dev'].map((each) => `${base}/${each}`).join(' ')}`;

const devices = (base: string) =>
  `for n in null zero urandom; do : >${base}/dev/$n; mount --bind /dev/$n ${base}/dev/$n; done`;

const libraries = (base: string) =>
  `for f in $(ldd /bin/busybox | grep -o "/[^ ]*"); do mkdir -p ${base}\${f%/*}; cp -L $f ${base}$f; done`;

const recipes = {
  busybox: (base: string) => [
    `cp -L /bin/busybox ${base}/bin/busybox`,
    libraries(base),
    // Hard links, all in one process; then the few that this image has.
    `mkdir /run/applets; ${base}/bin/busybox --install /run/applets; cd /run/applets`,
    `L=; for a in ${applets}; do [ ! -e $a ] || L="$L $a"; done; mv $L ${base}/bin/; cd /`,
  ],
  distroless: (base: string) => [`mkdir ${base}/app; cp -L /bin/busybox ${base}/app/server`, libraries(base)],
  'calico-node': (base: string) => [
    `L=; for t in ${calicoTools}; do p=$(command -v $t) && L="$L $p"; done; cp -L $L ${base}/bin/; ln -s bash ${base}/bin/sh`,
    `cat >${base}/bin/birdcl6 <<'BIRD'\n${birdClient}BIRD\nchmod +x ${base}/bin/birdcl6`,
    `for d in /usr/lib /lib /lib64; do [ ! -e $d ] || { mkdir -p ${base}$d; mount --rbind $d ${base}$d; }; done`,
  ],
} as const;

export type Image = keyof typeof recipes;

/** A shell `case` that makes an image when its first container starts: most labs need two of the three. */
export function imageScript(): string {
  const arms = Object.entries(recipes).map(([image, recipe]) => {
    const base = `/run/images/${image}`;
    return `${image}) ${folders(base)}; ${devices(base)}\n${recipe(base).join('\n')}\n;;`;
  });
  return `case $image in\n${arms.join('\n')}\nesac`;
}
