import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterOptions, type LabCluster, startCluster } from '../../lab/cluster/start.ts';
import type { Network, World } from '../../lab/contract.ts';
import { startNetwork } from '../../lab/network/start.ts';
import { makeWorld } from '../../lab/network/world.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { Report } from '../../src/diagnosis/report.ts';
import { parseRequest } from '../../src/jobs/parse-target.ts';
import { type ConnectedCluster, connectCluster } from '../../workers/adapters/kubernetes.ts';
import { diagnoser } from '../../workers/diagnose.ts';

export interface CheckableLab {
  readonly world: World;
  readonly network: Network;
  readonly cluster: LabCluster;
  /** The name of a pod of the lab, by the beginning of it. */
  pod(beginning: string): string;
  kubeconfig(user: string): string;
  /** A client of the product's, closed with the lab. */
  connect(user: string): Promise<ConnectedCluster>;
  /** One check of the product's, as a prober makes it. */
  check(target: string, options?: { readonly user?: string; readonly signal?: AbortSignal }): Promise<Report>;
  close(): Promise<void>;
}

/** Namespaces and an API server, and the product's engine in front of them. */
export async function startCheckableLab(
  options: { readonly seed?: number; readonly fault?: string } & Partial<ClusterOptions> = {},
): Promise<CheckableLab> {
  const { seed = 1, fault, ...own } = options;
  const world = makeWorld({ seed, ...(fault === undefined ? {} : { fault }) });
  const network = await startNetwork(world);
  const cluster = await startCluster({ objects: world.objects, network, ...own });
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-test-'));
  const connected: ConnectedCluster[] = [];
  const kubeconfig = (user: string): string => {
    const path = join(folder, `${user}.kubeconfig`);
    writeFileSync(path, cluster.kubeconfig(user), { mode: 0o600 });
    return path;
  };
  const connect = async (user: string): Promise<ConnectedCluster> => {
    const client = await connectCluster({ name: 'lab', kubeconfig: kubeconfig(user), maxInFlight: 8 });
    connected.push(client);
    return client;
  };

  return {
    ...{ world, network, cluster, kubeconfig, connect },
    pod(beginning) {
      const found = cluster.objects('Pod').find(({ metadata }) => metadata.name.startsWith(beginning));
      if (!found) throw new Error(`the lab has no pod ${beginning}…`);
      return found.metadata.name;
    },
    async check(target, { user = 'prober', signal = new AbortController().signal } = {}) {
      const request = parseRequest(target);
      if (!request.ok) throw new Error(request.problem);
      const client = await connect(user);
      const diagnose = diagnoser({
        ...{ cluster: client.cluster, clock: systemClock, ttlMinutes: 30, protectedNamespaces: ['kube-system'] },
        anchors: {
          anchorsIpv6: world.anchors.map(({ ipv6 }) => ipv6),
          anchorsIpv4: world.anchors.map(({ ipv4 }) => ipv4),
          anchorPort: world.anchors[0]?.port ?? 443,
        },
        resolve: async () => [],
      });
      const { target: subject, destination } = request;
      return Report.parse(await diagnose({ id: randomUUID(), target: subject, destination }, signal));
    },
    async close() {
      await Promise.all(connected.map((client) => client.close()));
      await cluster.close();
      await network.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
