import { request } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from '../../lab/contract.ts';

export interface Answer {
  readonly status: number;
  readonly message: string;
  readonly date: Date;
  readonly body: KubeObject;
}

/** Where kinds live that are made or removed here. */
const plurals: Readonly<Record<string, string>> = {
  ...{
    Pod: 'pods',
    Namespace: 'namespaces',
    ServiceAccount: 'serviceaccounts',
    Role: 'roles',
    RoleBinding: 'rolebindings',
  },
  ...{ ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings', NetworkPolicy: 'networkpolicies' },
  ...{ ClusterNetworkPolicy: 'clusternetworkpolicies', ValidatingAdmissionPolicy: 'validatingadmissionpolicies' },
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

export function pathOf({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const home = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${base}${home}/${plurals[kind] ?? kind}`;
}

export type RealCluster = ReturnType<typeof realCluster>;

/** An API server of the kubeconfig's, spoken to as its administrator or, by impersonation, as a service account. */
export function realCluster(kubeconfig: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = config.getCurrentCluster()?.server ?? '';

  async function ask(
    method: string,
    path: string,
    options: { as?: string; body?: unknown; type?: string } = {},
  ): Promise<Answer> {
    const { as, body, type = 'application/json' } = options;
    const impersonation =
      as === undefined
        ? {}
        : { 'Impersonate-User': as, 'Impersonate-Group': ['system:serviceaccounts', 'system:authenticated'] };
    const https = await connectionOf(config);
    return new Promise((resolve, reject) => {
      const url = new URL(path, server);
      const sent = request(
        url,
        {
          ...https,
          method,
          headers: { ...https.headers, ...impersonation, 'content-type': type, accept: 'application/json' },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('error', reject).on('end', () => {
            const parsed = text.startsWith('{')
              ? (JSON.parse(text) as KubeObject)
              : ({ message: text } as unknown as KubeObject);
            const date = new Date(response.headers.date ?? '');
            resolve({ status: response.statusCode ?? 0, message: String(parsed.message ?? ''), date, body: parsed });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  return {
    ask,
    create: (object: KubeObject, as?: string, query = '') =>
      ask('POST', `${pathOf(object)}${query}`, { body: object, ...(as === undefined ? {} : { as }) }),
    remove: (object: KubeObject, as?: string) =>
      ask('DELETE', `${pathOf(object)}/${object.metadata.name}`, as === undefined ? {} : { as }),
    async serves(group: string, version: string, resource: string): Promise<boolean> {
      const { status, body } = await ask('GET', `/apis/${group}/${version}`);
      return status === 200 && (body.resources as { name: string }[]).some(({ name }) => name === resource);
    },
  };
}

async function connectionOf(config: KubeConfig): Promise<{ headers: Record<string, string> }> {
  const options: { headers: Record<string, string> } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  return options;
}
