/**
 * What the three parts of the lab tell each other. The network knows packets, the cluster knows objects, the workspace
 * knows people; they meet here and nowhere else.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A Kubernetes object as it travels in JSON. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** One endpoint of the lab's outside world, TCP port open for both families. */
export interface Anchor {
  readonly ipv6: string;
  readonly ipv4: string;
  readonly port: number;
}

/** What kind of cluster a lab is; a fault that exists in one kind alone decides it. */
export interface Shape {
  /** Which packet filter Calico's agent writes: ip6tables over either kernel interface, or its own nftables table. */
  readonly backend: 'legacy' | 'nft' | 'nftables';
  readonly family: 'dual' | 'ipv6';
  /** Unique local addresses that nodes translate, or global ones that are routed back. */
  readonly addressing: 'ula' | 'gua';
  readonly routing: 'vxlan' | 'bird';
}

/** Everything that a fault and a seed decide, before any namespace exists. Pure data. */
export interface World {
  readonly seed: number;
  /** An id of the lab's list of faults (a cause id is one of its variants), or undefined for the healthy lab. */
  readonly fault: string | undefined;
  /** The pod that a demonstration asks about: always in `shop`, its name starts with `checkout-`. */
  readonly subject: { readonly namespace: string; readonly pod: string; readonly node: string };
  readonly anchors: readonly Anchor[];
  readonly shape?: Shape;
  /** What to ask about where the anchors would not show the fault: an address, or a name that the lab's DNS knows. */
  readonly destination?: string;
  /** What the API server holds at start: nodes, pods, workloads, pools, policies … with uid and creationTimestamp. */
  readonly objects: readonly KubeObject[];
}

export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export type ExecProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Running namespaces. */
export interface Network {
  readonly world: World;
  /** How `argv[0]` resolves in the container's root: a path, or the words a runtime uses when it does not. */
  resolve(container: ContainerRef, argv: readonly string[]): Promise<{ ok: true } | { ok: false; problem: string }>;
  /** Starts a process inside the container's namespaces and root. Its exit code is the command's own. */
  exec(container: ContainerRef, argv: readonly string[]): ExecProcess;
  /** Programs every node's rules from all policy objects that exist now. Resolves when packets obey them. */
  enforce(objects: readonly KubeObject[]): Promise<void>;
  /** Runs a shell line in a node's or pod's namespaces with the host's tools; for tests and for injecting trouble. */
  shell(
    where: { readonly node: string } | { readonly namespace: string; readonly pod: string },
    line: string,
  ): Promise<string>;
  close(): Promise<void>;
}

/** One request the API server saw; tests and the demo's cost check count from these. */
export interface AuditEntry {
  readonly at: string;
  readonly user: string;
  readonly userAgent: string;
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'exec' | 'discovery';
  readonly path: string;
  readonly code: number;
}
