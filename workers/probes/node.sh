# What the node shows around the pod's probe, with the tools of the calico-node image: ip, ip6tables, nft, ipset,
# conntrack, bash, cat, grep, sleep, timeout. Arguments: how long to wait, the pod's IPv6 address or -, destinations.
W=$1 A=$2
shift 2

counters() {
  sec "snmp6-$1" cat /proc/net/snmp6
  sec "legacy-$1" ip6tables-legacy-save -c
  sec "nft-$1" ip6tables-nft-save -c
  sec "nftables-$1" nft list table ip6 calico
}

# `ip -j` prints nothing where it has nothing to print.
routes() {
  for _a; do
    printf '> %s\n' "$_a"
    ip -j -6 route get "$_a"
  done
  return 0
}

sets() {
  for _s in cali60masq-ipam-pools cali60all-ipam-pools cali60network-ip-pools; do
    ipset save "$_s" 2>/dev/null || [ $? -ne 127 ] || return 127
  done
  return 0
}

flows() {
  for _a; do conntrack -L -f ipv6 -s "$A" -d "$_a" 2>/dev/null || return; done
}

sysctls() {
  cd /proc/sys/net/ipv6/conf || return
  grep . ./*/disable_ipv6 ./*/forwarding ./*/accept_ra ./*/accept_dad ./*/proxy_ndp
}

D=
for _t; do _t=${_t#*:} _t=${_t#*:}; D="$D ${_t#*:}"; done

# A line means that the pod's probe is over; the end of standard input means that nobody listens any more.
(
  trap '' TERM
  read -r _ <&3 || die
) >/dev/null 2>&1 &
G=$!
alarm "$W" 10
counters before
printf '@@%s ready\n' "$N"

sec addresses ip -j -6 addr
sec links ip -j -d link
sec routes ip -j -d -6 route show table all
[ "$A" = - ] || sec pod-route routes "$A"
# shellcheck disable=SC2086 # a list of addresses
sec destination-routes routes $D
(sec sysctls sysctls)
sec sets sets
X=try K=timeout
sec connects each "$@"

wait "$G" 2>/dev/null
kill -9 "$G" 2>/dev/null
guard
counters after
sec neighbours ip -j -6 neigh
# shellcheck disable=SC2086
[ "$A" = - ] || sec flows flows $D
finish
