import type { AuditEntry, KubeObject, Network } from '../contract.ts';
import { type CalicoFlavour, flavourOf, objectsIn, servedResources } from './calico.ts';
import { enforceOnChange } from './enforcement.ts';
import { ExecProcesses } from './exec-stream.ts';
import type { Gate } from './gate.ts';
import { listen } from './listener.ts';
import type { Rule } from './rbac.ts';
import { Snapshots } from './read.ts';
import { resourceOfKind } from './resources.ts';
import { onRequest } from './server.ts';
import { Store } from './store.ts';
import { makeServerIdentity } from './tls.ts';
import { makeTrouble, type Trouble } from './trouble.ts';
import { onUpgrade } from './upgrade.ts';
import { kubeconfigText, makeUsers } from './users.ts';

export interface ClusterOptions {
  readonly objects: readonly KubeObject[];
  readonly network: Network;
  readonly port?: number;
  readonly calico?: CalicoFlavour;
  /** API groups that this cluster does not serve. */
  readonly absentGroups?: readonly string[];
  /** Replaces or adds users: admin, prober, writer, reaper, reader, nobody are there by default. */
  readonly roles?: Readonly<Record<string, readonly Rule[]>>;
  readonly now?: () => Date;
}

export type ObjectRef = Pick<KubeObject, 'apiVersion' | 'kind'> & {
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

export interface LabCluster {
  readonly url: string;
  /** The user's name in messages and in the audit. */
  userName(user: string): string;
  kubeconfig(user: string): string;
  readonly audit: readonly AuditEntry[];
  auditSince(index: number): readonly AuditEntry[];
  objects(kind?: string): readonly KubeObject[];
  /** Creates or replaces without validation, as an admin could have before; resolves when packets obey. */
  apply(object: KubeObject): Promise<KubeObject>;
  /** Resolves when packets obey. */
  remove(ref: ObjectRef): Promise<void>;
  /** Resolves when packets obey every change so far; rejects if programming them failed. */
  settled(): Promise<void>;
  /** Processes started by execs that have not ended. */
  readonly runningExecs: number;
  readonly trouble: Trouble;
  close(): Promise<void>;
}

function resourceFor({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>) {
  const resource = resourceOfKind(apiVersion, kind);
  if (!resource) throw new Error(`No such kind here: ${apiVersion} ${kind}`);
  return resource;
}

/** A Kubernetes API server on 127.0.0.1, its objects in memory and its pods in `network`. */
export async function startCluster(options: ClusterOptions): Promise<LabCluster> {
  const { network, now = () => new Date() } = options;
  const flavour = options.calico ?? flavourOf(options.objects);
  const identity = await makeServerIdentity();
  const users = makeUsers(options.roles);
  const store = new Store(objectsIn(flavour, options.objects), now);
  const audit: AuditEntry[] = [];
  const processes = new ExecProcesses();
  const snapshots = new Snapshots();
  const served = servedResources(flavour, options.absentGroups ?? [], options.objects);
  const routes = { store, now, snapshots, served };
  const enforcement = enforceOnChange(store, network);
  await network.enforce(store.all());
  store.onChange(({ type, resource, object }) => {
    if (type === 'DELETED' && resource.kind === 'Pod') processes.kill(object.metadata.uid);
  });

  const listener = await listen(identity, options.port ?? 0);
  const troublemaker = makeTrouble({
    refuseConnections: listener.refuseConnections,
    cutConnections: listener.cutConnections,
    compact() {
      store.compact();
      snapshots.forget();
    },
    get holdEnforcement() {
      return enforcement.holdEnforcement;
    },
    set holdEnforcement(isHeld) {
      enforcement.holdEnforcement = isHeld;
    },
  });
  const gate: Gate = { users, trouble: troublemaker, now, audit };
  listener.server.on('request', (incoming, response) => void onRequest(gate, routes, incoming, response));
  listener.server.on('upgrade', (incoming, socket, head) => {
    void onUpgrade({ gate, store, network, processes }, incoming, socket, head);
  });
  const url = `https://127.0.0.1:${listener.port}`;
  const userOf = (id: string) => {
    const user = users.find((each) => each.id === id);
    if (!user) throw new Error(`No user ${id}: ${users.map((each) => each.id).join(', ')}`);
    return user;
  };

  return {
    url,
    userName: (user) => userOf(user).name,
    kubeconfig: (user) => kubeconfigText(userOf(user), url, identity.ca),
    audit,
    auditSince: (index) => audit.slice(index),
    objects: (kind) => store.all().filter((object) => kind === undefined || object.kind === kind),
    async apply(object) {
      const stored = store.put(resourceFor(object), object);
      await enforcement.settled();
      return stored;
    },
    async remove(ref) {
      const { name, namespace } = ref.metadata;
      if (!store.remove(resourceFor(ref), namespace, name))
        throw new Error(`No ${ref.kind} ${namespace ?? ''}/${name}`);
      await enforcement.settled();
    },
    settled: () => enforcement.settled(),
    get runningExecs() {
      return processes.count;
    },
    trouble: troublemaker.switches,
    async close() {
      enforcement.stop();
      processes.kill();
      await listener.close();
      await enforcement.settled().catch(() => undefined);
    },
  };
}
