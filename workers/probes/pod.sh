# What a pod's own network namespace shows, and whether it gets out. Arguments: a name and its port, or
# twice -, and destinations.
# Every interface's file of these names, a line each.
dump() {
  cd "$1" || return
  shift
  a=
  for k; do a="$a */$k"; done
  # shellcheck disable=SC2086 # patterns
  grep . $a 2>/dev/null && return
  for k in $a; do printf '%s:%s\n' "$k" "$(cat "$k")"; done
}

# Whether the container has so many MiB left: an exec's memory counts as the application's. Of the elder cgroups none has.
room() {
  cd /sys/fs/cgroup && [ ! -e memory ] || return
  b=$(cat memory.max) && [ "$b" != max ] || return 0
  [ $(((b - $(cat memory.current)) / 1048576)) -ge "$1" ]
} 2>/dev/null

has() { command -v "$1" >/dev/null 2>&1; }

many() { printf '%s ' "$@"; }

dial() {
  case $K in
    python3)
      python3 -c 'import sys,socket,threading as t,time,errno
def go(f,a,p,k):
 b=time.time();r=0;w=""
 try:socket.create_connection((a,int(p)),float(sys.argv[1])-.8)
 except OSError as e:r=1;w=errno.errorcode.get(e.errno,str(e))
 sys.stdout.write("%s %s %s %s python3 %d %d %s\n"%(f,a,p,k,r,(time.time()-b)*1000,w))
v=sys.argv[2].split()
while v:t.Thread(target=go,args=v[:4]).start();v=v[4:]' "$T" "$(each "$@")" ;;
    node)
      node -e 'const [t,l]=process.argv.slice(-2),v=l.trim().split(/\s+/);while(v.length>3){const [f,a,p,k]=v.splice(0,4),b=Date.now(),s=require("net").connect(p,a),e=(r,w)=>{console.log(f,a,p,k,"node",r,Date.now()-b,w);s.destroy()};s.on("connect",()=>e(0,"")).on("error",x=>e(1,x.code)).setTimeout(t*1000-800,()=>e(1,"timed out"))}' "$T" "$(each "$@")" ;;
    *) each "$@" ;;
  esac
}

# More than one segment, for whoever forgets to say that a packet is too big. It begins as what the other end waits for the
# rest of, and is so much that a netcat's small pieces grow together; an error would come before a large packet is missed.
send() {
  trap : TERM
  case $K in
    bash) (exec bash -c 'exec 9<>"/dev/tcp/$1/$2";printf "$3%65000s" .>&9;read -rt2 _<&9' bash "$@") ;;
    nc*) printf "$3%65000s" . | (exec nc -w 2 "$1" "$2") ;;
    *) return ;;
  esac >/dev/null 2>&1
  echo "sent $1 $2"
}

# Asks for the addresses of a name, of one family, and dials the first two that the arguments do not have.
ask() {
  trap : TERM
  set -f
  q=A p=$2 s=N c= g=getent y=ahostsv$1
  [ "$1" = 4 ] || q=AAAA
  has nslookup && g=nslookup s= y=-type=$q
  m=$($g $y "$3." 2>&1)
  # shellcheck disable=SC2086
  set -- $? $m
  printf '%.500s\n' "name $q $g $*"
  for w; do
    case $s$w in
      *Name:) s=N ;;
      N*.*) ;;
      N*:*:*) case $A$c in *"$w"*) ;; *) c="$c 6:2:$p:$w" ;; esac ;;
    esac
  done
  # shellcheck disable=SC2086
  [ -z "$c" ] || dial $c
}

connects() {
  X=try K=
  case $(nc -h 2>&1) in
    *'[v1.'*) ;;
    *-z*) K=nc-z ;;
    *'-e PROG'*) K=nc-e ;;
  esac
  has bash && K=bash
  if [ "$K" ]; then :
  elif has python3 && room 64; then K=python3 X=many
  elif has perl; then K=perl
  elif has node && room 128; then K=node X=many
  elif has openssl; then K=openssl
  else
    echo 'no bash, nc, python, perl, node, openssl'
    return 127
  fi
  A=$* W= S=
  [ "$Q" = - ] || for q in 4 6; do
    ask $q "$R" "$Q" 3<&- &
    W="$W $!"
  done
  for t in $D; do
    # The head of an HTTP request, and of a record of TLS.
    for h in 'GET / HTTP/1.0\r\nContent-Length:65000\r\n\r\n' '\26\3\1\77\377'; do
      send "${t#*:}" "${t%%:*}" "$h" 3<&- &
      S="$S $!"
    done
  done
  now
  b=$u
  dial "$@"
  P=$W
  all
  # Until all is acknowledged, or was sent twice. Then whoever still waits for an answer waits no longer.
  {
    sleep .3
    while now; [ $((u - b)) -lt 1200 ] && sockets; do sleep .1; done
    kill -TERM 0
  } >/dev/null 2>&1
  P=$S
  all
}

# Connections with data that nobody acknowledged: 1 is established, 4 closed, 2 not even open.
sockets() { grep -E ' 0[124] 0*[1-9A-F]' /proc/net/tcp6; }

# The kernel's answer knows rules and tables, and which address of several the packets bear.
routes() {
  for t in $D; do
    echo "> ${t#*:}"
    ip -6 route get "${t#*:}"
  done
}

Q=$1 R=$2 D=
shift 2
for t; do case $t in 6:*) D="$D ${t#*:*:}" ;; esac; done

guard
sec if_inet6 cat /proc/net/if_inet6
sec ipv6_route cat /proc/net/ipv6_route
sec links dump /sys/class/net mtu flags address
sec resolv cat /etc/resolv.conf
sec gai cat /etc/gai.conf
sec routes routes
sec sysctls dump /proc/sys/net/ipv6/conf disable_ipv6 forwarding accept_ra accept_dad
sec dev-before cat /proc/net/dev
sec snmp6-before cat /proc/net/snmp6
alarm "$T" 5
sec connects connects "$@"
sec snmp6-after cat /proc/net/snmp6
sec dev-after cat /proc/net/dev
sec sockets sockets
finish
