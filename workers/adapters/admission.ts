import type { StoredObject } from '../../src/evidence/objects.ts';
import type { Clock, PolicyWriter, ReadOutcome } from '../../src/ports.ts';
import { expiresAt, type Layer, manifestFor } from '../../src/remediation/manifest.ts';

/** Who refuses an object that nobody may ever create; `open` is nobody. */
export type FenceState = 'admission' | 'rights' | 'open' | 'absent' | 'otherwise' | 'unknown';

export interface FenceLook {
  /** As in a manifest: `networking.k8s.io/v1 NetworkPolicy`. */
  readonly api: string;
  readonly state: FenceState;
  /** The API server's own words; empty where it took the object. */
  readonly detail: string;
}

const layers: readonly Layer[] = ['network-policy', 'calico-tier', 'cluster-network-policy'];

export const apiOf = ({ apiVersion, kind }: Pick<StoredObject, 'apiVersion' | 'kind'>): string =>
  `${apiVersion} ${kind}`;

/** Ours in everything but that it would never end: what a stolen credential of a writer would want to make. */
export function forbiddenObject(layer: Layer, namespace: string, now: Date): StoredObject {
  const manifest = manifestFor(layer, {
    ...{ id: 'rfencefencefencefenc', namespace, requestedBy: 'fence', requestId: 'fence', expiresAt: now },
    ...{ matchLabels: { 'ipv6check.dev/fence': 'selects-nothing' }, matchExpressions: [], exclusions: [], only: null },
  });
  const { annotations, ...metadata } = manifest.metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== expiresAt);
  return { ...manifest, metadata: { ...metadata, annotations: Object.fromEntries(kept) } };
}

/** Tries, by a dry run of each API that we may write, what admission has to refuse. Nothing is created. */
export function lookAtFence(
  writer: Pick<PolicyWriter, 'create'>,
  { namespace, clock }: { readonly namespace: string; readonly clock: Clock },
): Promise<FenceLook[]> {
  return Promise.all(
    layers.map(async (layer) => {
      const object = forbiddenObject(layer, namespace, clock.now());
      const outcome = await writer.create(object, { dryRun: true });
      return { api: apiOf(object), state: stateOf(outcome), detail: outcome.ok ? '' : outcome.message };
    }),
  );
}

/** Admission answers with the codes of RBAC and of validation; its words alone tell them apart. */
function stateOf(outcome: ReadOutcome<unknown>): FenceState {
  if (outcome.ok) return 'open';
  if (/ValidatingAdmissionPolicy|admission webhook/.test(outcome.message)) return 'admission';
  switch (outcome.reason) {
    case 'forbidden':
      return 'rights';
    case 'absent-api':
      return 'absent';
    case 'unavailable':
    case 'throttled':
    case 'unauthorized':
      return 'unknown';
    default:
      return 'otherwise';
  }
}
