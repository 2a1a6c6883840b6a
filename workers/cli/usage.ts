/** The whole terminal door on one screen. */
export const usage = `ipv6check finds where a pod's IPv6 egress breaks.

  ipv6check <namespace>/<pod> [--to DEST] [--kubeconfig F] [--context C] [-o text|json]
  ipv6check <namespace>/<deploy|sts|ds|job>/<name> [...]     a workload: one pod for each node, compared
  ipv6check node/<name> [...]                                a node by itself
  ipv6check report <run-id> [-o text|json]                   a stored run, from Redis (REDIS_URL)
  ipv6check policy --manifests DIR --from NS/POD --to IP [--port N] [--protocol TCP|UDP|SCTP|ICMPv6] [-o json]
  ipv6check policy --manifests DIR --queries FILE|-          JSON Lines in, JSON Lines out
  ipv6check policy diff --manifests DIR --add|--remove FILE  what flips
      [--calico-version vX.Y.Z]                              judged as that release of Calico reads them
  ipv6check audit verify | export                            who decided and did what, from Redis (REDIS_URL)
  ipv6check doctor [--role bot|probe|remediate|reap] [--namespace NS] [--kubeconfig F] [-o text|json]
  ipv6check doctor --may USER CHANNEL NS/NAME                why somebody may check, approve, override, or not
  ipv6check reap [--kubeconfig F] [--context C]              ends temporary policies whose time is over

  The start of a pod's name will do. DEST is an IPv6 address or a name, and may have a port: [2001:db8::1]:443.
  Without --kubeconfig: $KUBECONFIG, else ~/.kube/config, else the service account of the pod this runs in.

  exit 0 reachable · 1 broken · 2 inconclusive · 64 usage · 69 cluster unavailable`;
