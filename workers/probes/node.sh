# What the node shows around the pod's probe, with the tools of the calico-node image: ip, ip6tables, nft, ipset,
# conntrack, bash, cat, grep, tail, timeout, birdcl6. Arguments: how long to wait, the pod's IPv6 address or -, destinations.
W=$1 A=$2
shift 2

# calico-node's image has none, and the alarm of both scripts counts on it.
sleep() {
  command sleep "$1" 2>/dev/null
  _s=$?
  [ "$_s" = 127 ] || return "$_s"
  timeout --foreground "$1" tail -f /dev/null
  [ $? = 124 ]
}

counters() {
  sec "snmp6-$1" cat /proc/net/snmp6
  sec "legacy-$1" ip6tables-legacy-save -c
  sec "nft-$1" ip6tables-nft-save -c
  sec "nftables-$1" nft list table ip6 calico
  sec "others-$1" others
  sec "limits-$1" limits
}

# Tables of neither Calico nor ip6tables, which an accept of theirs does not stop. Without the members of their sets.
others() {
  _l=$(nft list tables) || return
  printf '%s\n' "$_l" | while read -r _ _f _t; do
    case "$_f $_t" in
      'ip6 calico' | *' kube-proxy' | ip6\ filter | ip6\ nat | ip6\ raw | ip6\ mangle | ip6\ security) ;;
      ip6\ * | inet\ *) nft -t list table "$_f" "$_t" ;;
    esac
  done
}

limits() {
  _d=/proc/sys/net
  grep -sH . $_d/netfilter/nf_conntrack_count $_d/netfilter/nf_conntrack_max $_d/ipv6/neigh/default/gc_thresh3 $_d/ipv6/route/max_size /proc/net/rt6_stats
  conntrack -S 2>/dev/null
  return 0
}

# `ip -j` prints nothing where it has nothing to print.
routes() {
  for _a; do
    printf '> %s\n' "$_a"
    ip -j -6 route get "$_a"
  done
  return 0
}

# The same for a packet that comes from the pod.
forwards() {
  _d=$(ip -6 route show "$A")
  case $_d in *' dev '*) _d=${_d#* dev } ;; *) echo 'no route to the pod'; return 1 ;; esac
  for _a; do
    printf '> %s\n' "$_a"
    ip -j -6 route get "$_a" from "$A" iif "${_d%% *}"
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
sec rules ip -j -6 rule
sec tunnel-peers ip -j -f bridge neigh
sec bird timeout --foreground 2 birdcl6 -s /var/run/calico/bird6.ctl show protocols
[ "$A" = - ] || sec pod-route routes "$A"
# shellcheck disable=SC2086 # a list of addresses
sec destination-routes routes $D
# shellcheck disable=SC2086
[ "$A" = - ] || sec forward-routes forwards $D
(sec sysctls sysctls)
sec sets sets
# In the foreground, or it would leave our group and outlive it.
X=try K=bash Y="timeout --foreground $T"
sec connects each "$@"

wait "$G" 2>/dev/null
kill -9 "$G" 2>/dev/null
guard
counters after
sec neighbours ip -j -6 neigh
# shellcheck disable=SC2086
[ "$A" = - ] || sec flows flows $D
finish
