import { systemClock } from '../../../src/adapters/clock.ts';
import type { Calico } from '../../../src/evidence/objects.ts';
import { ownTier } from '../../../src/remediation/manifest.ts';
import { type FenceLook, lookAtFence } from '../../adapters/admission.ts';
import type { ConnectedCluster } from '../../adapters/kubernetes.ts';
import { calicoBase, readCalico } from '../../reads/calico.ts';
import { readGroups } from '../../reads/discovery.ts';
import { skewFinding } from './clock.ts';
import type { Finding } from './finding.ts';
import type { ClusterRole } from './needs.ts';
import { lookAtRights } from './rights.ts';

export interface ClusterOptions {
  readonly role: ClusterRole | null;
  readonly namespaces: readonly string[];
  readonly fenceNamespace: string;
  readonly isFenceRequired: boolean;
}

/** Rights, Calico, admission and clock, as this credential meets them. */
export async function lookAtCluster(
  connected: Pick<ConnectedCluster, 'cluster' | 'writer' | 'mayI'>,
  { role: named, namespaces, fenceNamespace, isFenceRequired }: ClusterOptions,
  signal: AbortSignal,
): Promise<Finding[]> {
  const session = connected.cluster.session('doctor', signal);
  const groups = await readGroups(session);
  if (!groups.ok) return [{ area: 'rights', state: 'unknown', says: `The cluster did not answer: ${groups.message}` }];

  const base = calicoBase(groups.value);
  const [calico, tier, clock] = await Promise.all([
    readCalico(session, groups),
    base === null ? null : session.get(`${base}/tiers/${ownTier}`),
    skewFinding('The API server', () => connected.writer.serverTime()),
  ]);
  const hasTierChecks = calico.status === 'observed' && calico.value.flavour === 'v3-aggregated';
  const served = { groups: groups.value, hasTierChecks };
  const { role, findings } = await lookAtRights(named, { mayI: connected.mayI, served, namespaces });
  if (role === 'reap') return [...findings, clock];

  const seen: Finding =
    calico.status === 'failed'
      ? { area: 'calico', state: 'unknown', says: `Calico could not be looked at: ${calico.detail}` }
      : calicoFinding(calico.value, tier?.ok === true);
  const fence =
    role === 'remediate'
      ? (await lookAtFence(connected.writer, { namespace: fenceNamespace, clock: systemClock })).flatMap((look) =>
          fenceFinding(look, { fenceNamespace, isFenceRequired }),
        )
      : [];
  return [...findings, seen, ...fence, clock];
}

function calicoFinding({ flavour, version }: Calico, hasTier: boolean): Finding {
  const area = 'calico';
  const words = {
    absent: 'Calico is not installed here',
    'crd-v1': 'Calico is there as crd.projectcalico.org/v1, which is read and never written',
    'v3-aggregated': "Calico is there as projectcalico.org/v3, by Calico's own API server",
    'v3-native': 'Calico is there as projectcalico.org/v3, by native resources',
  }[flavour];
  const says = `${words}${version === null ? '' : ` (${version})`}.`;
  if (flavour === 'absent') return { area, state: 'note', says: `${says} What a node does is not seen.` };
  if (flavour === 'crd-v1') return { area, state: 'note', says: `${says} The card shows manifests for calicoctl.` };
  if (hasTier) return { area, state: 'ok', says: `${says} Tier ${ownTier} is there.` };
  return {
    area,
    state: 'note',
    says: `${says} Without tier ${ownTier}, which the chart brings, another layer is taken.`,
  };
}

function fenceFinding(
  { api, state, detail }: FenceLook,
  { fenceNamespace, isFenceRequired }: Pick<ClusterOptions, 'fenceNamespace' | 'isFenceRequired'>,
): Finding[] {
  const area = 'admission';
  switch (state) {
    case 'absent':
      return [];
    case 'admission':
      return [{ area, state: 'ok', says: `Admission refuses a ${api} without an end: ${detail}` }];
    case 'open': {
      const then = isFenceRequired
        ? 'Remediation is off until it does (ADMISSION_FENCE=require).'
        : 'Remediation is on all the same (ADMISSION_FENCE=warn).';
      const says = `Nobody refuses a ${api} without an end. ${then}`;
      return [{ area, state: 'wrong', says, fix: "Install the chart's admission policies: admission.enabled=true" }];
    }
    case 'rights':
      return [
        {
          ...{
            area,
            state: 'unknown',
            says: `Admission was not asked about a ${api}: its rights end before. ${detail}`,
          },
          fix: `FENCE_NAMESPACE (${fenceNamespace}) has to be a namespace in which the writer may create`,
        },
      ];
    default:
      return [{ area, state: 'unknown', says: `A ${api} without an end is refused, and not by admission: ${detail}` }];
  }
}
