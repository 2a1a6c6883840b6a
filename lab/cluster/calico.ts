import type { KubeObject } from '../contract.ts';
import { groupVersionOf, type Resource, resources } from './resources.ts';

/** How this cluster keeps Calico's objects. */
export type CalicoFlavour = 'native' | 'aggregated' | 'classic' | 'absent';

const v3 = 'projectcalico.org/v3';
const crd = 'crd.projectcalico.org/v1';

/** Its definitions are left over from older releases, where they are there at all. */
const formerAdmin = 'policy.networking.k8s.io/v1alpha1';

export function flavourOf(objects: readonly KubeObject[]): CalicoFlavour {
  return objects.some(({ apiVersion }) => apiVersion === crd) ? 'classic' : 'native';
}

export function servedResources(
  flavour: CalicoFlavour,
  absentGroups: readonly string[],
  objects: readonly KubeObject[],
): readonly Resource[] {
  const hidden = {
    native: ['crd.projectcalico.org'],
    aggregated: ['crd.projectcalico.org'],
    classic: ['projectcalico.org'],
    absent: ['crd.projectcalico.org', 'projectcalico.org', 'policy.networking.k8s.io'],
  }[flavour];
  const absent = [...hidden, ...absentGroups];
  const hasFormer = objects.some(({ apiVersion }) => apiVersion === formerAdmin);
  return resources.filter(
    (resource) => !absent.includes(resource.group) && (hasFormer || groupVersionOf(resource) !== formerAdmin),
  );
}

/** The APIService that tells the flavours of `projectcalico.org/v3` apart. */
function apiService(flavour: 'native' | 'aggregated'): KubeObject {
  const isAggregated = flavour === 'aggregated';
  const condition = isAggregated
    ? { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
    : { type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: 'v3.projectcalico.org',
      ...(isAggregated ? {} : { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } }),
    },
    spec: {
      group: 'projectcalico.org',
      version: 'v3',
      groupPriorityMinimum: isAggregated ? 1_500 : 1_000,
      versionPriority: isAggregated ? 200 : 100,
      ...(isAggregated ? { service: { namespace: 'calico-system', name: 'calico-api', port: 443 } } : {}),
    },
    status: { conditions: [condition] },
  };
}

/** The world's objects as a cluster of this flavour would hold them. */
export function objectsIn(flavour: CalicoFlavour, objects: readonly KubeObject[]): readonly KubeObject[] {
  const isCalico = ({ apiVersion }: KubeObject) => apiVersion === v3 || apiVersion === crd;
  switch (flavour) {
    case 'absent':
      return objects.filter(
        (object) => !isCalico(object) && !object.apiVersion.startsWith('policy.networking.k8s.io/'),
      );
    case 'classic':
      return objects.flatMap((object) => {
        if (object.apiVersion !== v3) return [object];
        // Profiles are made from namespaces there and are never stored.
        return object.kind === 'Profile' ? [] : [{ ...object, apiVersion: crd }];
      });
    default: {
      const hasOwn = objects.some(
        ({ kind, metadata }) => kind === 'APIService' && metadata.name === 'v3.projectcalico.org',
      );
      return hasOwn ? objects : [...objects, apiService(flavour)];
    }
  }
}
