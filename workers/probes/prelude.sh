# Both probes start with this. POSIX: busybox ash, dash and bash. $1 is the nonce, $2 how many seconds a connect may take.
N=$1 T=$2
shift 2
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/bin:/bin"
exec 3<&0 </dev/null
# Every tool dies of TERM to the group and every shell here survives it: that is how connects end that take too long.
trap : TERM
# HUP asks to leave, and is obeyed where every child is known by its pid.
G= L= P= H= Y=
trap H=1 HUP

# Milliseconds, into u. date has no milliseconds in busybox.
now() { read -r u _ </proc/uptime; u=$((${u%.*} * 1000 + 1${u#*.}0 - 1000)); }

# Runs a command as one section: its output, then a line with its name, exit code and time.
sec() {
  [ -z "$H" ] || leave 137
  _n=$1
  shift
  now
  _b=$u
  "$@" 2>&1
  _r=$?
  [ -z "$H" ] || leave 137
  now
  printf '\n@@%s %s %s %s\n' "$N" "$_n" "$_r" $((u - _b))
}

# Ends the whole group, first so that shells can reap their children: an orphan may stay a zombie in this container.
die() {
  kill -HUP $$
  now
  _d=$u _o=0
  # Again and again: a TERM may come before the tool that it is meant for.
  while now; [ $((u - _d)) -lt 1000 ]; do
    [ "$u" -lt "$_o" ] && continue
    kill -TERM 0
    _o=$((u + 100))
  done
  kill -9 0
}

# Nobody else stops this script when the client is gone; the end of its standard input does.
guard() {
  (
    trap '' TERM
    while read -r _ <&3; do :; done
    die
  ) >/dev/null 2>&1 &
  G=$!
}

# TERM to the group after $1 seconds, the end of it $2 seconds later. A TERM to its sleep calls it off.
alarm() {
  (
    trap : TERM
    sleep "$1" && kill -TERM 0 && sleep "$2" && kill -9 0
  ) >/dev/null 2>&1 3<&- &
  L=$!
}

# Leaves when all others have. The guard stays to the last: it kills what does not go.
leave() {
  H=
  # A TERM may come before the alarm's sleep has begun, and dead children stay until they are waited for.
  while read -r _ _ s _ <"/proc/${L:-0}/stat" && [ "$s" != Z ]; do kill -TERM 0; done
  all
  kill -9 "$G"
  until wait; do :; done
  exit "$1"
} 2>/dev/null

finish() {
  printf '@@%s end\n' "$N"
  leave 0
}

# A TERM to the group interrupts wait, and not what is waited for.
all() {
  for _p in $P; do
    while kill -0 "$_p"; do
      wait "$_p"
      [ -z "$H" ] || leave 137
    done
  done
} 2>/dev/null

# Becomes the command that connects to an address and a port.
tool() {
  case $K in
    # shellcheck disable=SC2086 # the words of a command, or none
    bash) exec $Y bash -c 'exec 9<>"/dev/tcp/$1/$2"' bash "$@" ;;
    nc-z) exec nc -n -v -z -w "$T" "$1" "$2" ;;
    nc-e) exec nc -w "$T" "$1" "$2" -e true ;;
    # 4 is AI_NUMERICHOST, 1 SOCK_STREAM and 6 TCP.
    perl) exec perl -MSocket=:all -e '($e,$r)=getaddrinfo(@ARGV,{flags=>4});socket(S,$r->{family},1,6)&&connect(S,$r->{addr})||die"$!\n"' "$@" ;;
    openssl) exec openssl s_client -state -connect "[$1]:$2" ;;
  esac
}

# One connect: family, address, port, attempt. Prints one line and never blocks longer than its tool lives.
try() {
  trap : TERM
  now
  _b=$u
  m=$(tool "$2" "$3" 2>&1)
  _r=$?
  # s_client goes on to TLS, which is none of our business. Only -state says so before an end by TERM.
  case $m in *'CONNECTED('* | *SSL_connect:*) _r=0 m= ;; esac
  now
  _h="$1 $2 $3 $4 $K $_r $((u - _b))"
  set -f
  # shellcheck disable=SC2086 # splits, so that several lines become one
  set -- $m
  m=$*
  printf '%s %.160s\n' "$_h" "$m"
}

# Tries all destinations at once, each given as family:attempts:port:address.
each() {
  P=
  for _t; do
    _f=${_t%%:*} _t=${_t#*:}
    _c=${_t%%:*} _t=${_t#*:}
    _k=1
    while [ "$_k" -le "$_c" ]; do
      "$X" "$_f" "${_t#*:}" "${_t%%:*}" "$_k" 3<&- &
      P="$P $!"
      _k=$((_k + 1))
    done
  done
  all
}
