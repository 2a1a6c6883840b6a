import type { Fields } from './json.ts';
import type { ApiRequest } from './request.ts';
import { groupVersionOf, type Resource, subresources } from './resources.ts';
import { pageNotFound, type Reply } from './status.ts';

const version: Fields = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.2',
  gitTreeState: 'clean',
  goVersion: 'go1.25.7',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const scopeOf = ({ isNamespaced }: Resource) => (isNamespaced ? 'Namespaced' : 'Cluster');

function resourceList(served: readonly Resource[], groupVersion: string): Reply {
  const inside = served.filter((resource) => groupVersionOf(resource) === groupVersion);
  if (inside.length === 0) throw pageNotFound();
  const rows = inside.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.kind.toLowerCase(),
      namespaced: resource.isNamespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    },
    ...(resource.group === '' ? (subresources[resource.plural] ?? []) : []).map(({ name, verbs }) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      namespaced: resource.isNamespaced,
      kind: 'PodExecOptions',
      verbs,
    })),
  ]);
  return { code: 200, body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: rows } };
}

const groupsOf = (served: readonly Resource[]) => [...new Set(served.map(({ group }) => group))];

function legacyGroup(served: readonly Resource[], group: string): Fields {
  const versions = [
    ...new Set(served.filter((resource) => resource.group === group).map((resource) => resource.version)),
  ];
  const listed = versions.map((each) => ({ groupVersion: `${group}/${each}`, version: each }));
  return { name: group, versions: listed, preferredVersion: listed[0] };
}

function aggregated(served: readonly Resource[], groups: readonly string[]): Reply {
  const items = groups.map((group) => {
    const inside = served.filter((resource) => resource.group === group);
    const versions = [...new Set(inside.map((resource) => resource.version))].map((each) => ({
      version: each,
      freshness: 'Current',
      resources: inside
        .filter((resource) => resource.version === each)
        .map((resource) => ({
          resource: resource.plural,
          responseKind: { group, version: each, kind: resource.kind },
          scope: scopeOf(resource),
          singularResource: resource.kind.toLowerCase(),
          verbs: resource.verbs,
          ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
          ...(group === '' && subresources[resource.plural]
            ? {
                subresources: subresources[resource.plural]?.map(({ name, verbs }) => ({
                  subresource: name,
                  responseKind: { group: '', version: 'v1', kind: 'PodExecOptions' },
                  verbs,
                })),
              }
            : {}),
        })),
    }));
    return { metadata: { name: group, creationTimestamp: null }, versions };
  });
  return {
    code: 200,
    body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items },
    headers: { 'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', vary: 'Accept' },
  };
}

/** Whatever has no resource in its path: health, version, and which groups and kinds are served. */
export function discover(served: readonly Resource[], segments: readonly string[], request: ApiRequest): Reply {
  const [root, group, groupVersion] = segments;
  const wantsAggregated = (request.headers.accept ?? '').includes('as=APIGroupDiscoveryList');
  if (segments.length === 1 && (root === 'readyz' || root === 'livez' || root === 'healthz'))
    return { code: 200, body: 'ok' };
  if (segments.length === 1 && root === 'version') return { code: 200, body: version };

  if (root === 'api') {
    if (segments.length === 2 && group === 'v1') return resourceList(served, 'v1');
    if (segments.length > 1) throw pageNotFound();
    if (wantsAggregated) return aggregated(served, ['']);
    return { code: 200, body: { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] } };
  }
  if (root !== 'apis') throw pageNotFound();
  const named = groupsOf(served).filter((each) => each !== '');
  if (group === undefined) {
    if (wantsAggregated) return aggregated(served, named);
    const groups = named.map((each) => legacyGroup(served, each));
    return { code: 200, body: { kind: 'APIGroupList', apiVersion: 'v1', groups } };
  }
  if (groupVersion !== undefined) return resourceList(served, `${group}/${groupVersion}`);
  if (!named.includes(group)) throw pageNotFound();
  return { code: 200, body: { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(served, group) } };
}
