import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../src/evidence/objects.ts';
import type { PolicyWriter, ReadOutcome } from '../../../src/ports.ts';
import { expiryOf, isOurs } from '../../../src/remediation/manifest.ts';
import { forbiddenObject, lookAtFence } from '../../../workers/adapters/admission.ts';
import { t0 } from '../../helpers/builders.ts';
import { refused } from '../../helpers/fake-session.ts';

const clock = { now: () => t0 };
const denied = "is forbidden: ValidatingAdmissionPolicy 'ipv6check-writer' with binding 'b' denied request: no end";

/** A writer that answers every dry run alike, and notes what it was asked. */
function writerThat(answers: (object: StoredObject) => ReadOutcome<StoredObject>) {
  const asked: { object: StoredObject; dryRun: boolean }[] = [];
  const writer: Pick<PolicyWriter, 'create'> = {
    async create(object, { dryRun }) {
      asked.push({ object, dryRun });
      return answers(object);
    },
  };
  return { writer, asked };
}

describe('workers/adapters/admission', () => {
  it.each(['network-policy', 'calico-tier', 'cluster-network-policy'] as const)(
    'forbids on the layer %s what is ours in all but that it never ends, and selects nobody',
    (layer) => {
      const object = forbiddenObject(layer, 'shop', t0);

      expect(isOurs(object)).toBe(true);
      expect(expiryOf({ ...object, metadata: { ...object.metadata, creationTimestamp: t0.toISOString() } }, 240)).toBe(
        'expired',
      );
      expect(object.metadata.annotations).not.toHaveProperty('ipv6check.dev/expires-at');
      expect(JSON.stringify(object.spec)).toContain('selects-nothing');
    },
  );

  it('tries each API that we write by a dry run alone, in the namespace that it was given', async () => {
    const { writer, asked } = writerThat((value) => ({ ok: true, value }));

    const looks = await lookAtFence(writer, { namespace: 'fence', clock });

    expect(asked.map(({ dryRun }) => dryRun)).toEqual([true, true, true]);
    expect(asked.map(({ object }) => object.metadata.namespace)).toEqual(['fence', 'fence', undefined]);
    expect(looks).toEqual([
      { api: 'networking.k8s.io/v1 NetworkPolicy', state: 'open', detail: '' },
      { api: 'projectcalico.org/v3 NetworkPolicy', state: 'open', detail: '' },
      { api: 'policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy', state: 'open', detail: '' },
    ]);
  });

  it.each`
    outcome                                                                             | state
    ${refused('forbidden', denied)}                                                     | ${'admission'}
    ${refused('invalid', denied)}                                                       | ${'admission'}
    ${refused('forbidden', 'admission webhook "fence.example" denied the request: no')} | ${'admission'}
    ${refused('forbidden', 'User "w" cannot create resource "networkpolicies"')}        | ${'rights'}
    ${refused('absent-api')}                                                            | ${'absent'}
    ${refused('invalid', 'spec.tier: no such tier')}                                    | ${'otherwise'}
    ${refused('not-found', 'namespaces "fence" not found')}                             | ${'otherwise'}
    ${refused('conflict')}                                                              | ${'otherwise'}
    ${refused('unavailable')}                                                           | ${'unknown'}
    ${refused('throttled')}                                                             | ${'unknown'}
    ${refused('unauthorized')}                                                          | ${'unknown'}
  `('takes "$outcome.message" for $state', async ({ outcome, state }) => {
    const { writer } = writerThat(() => outcome);

    const [look] = await lookAtFence(writer, { namespace: 'shop', clock });

    expect(look).toMatchObject({ state, detail: outcome.message });
  });
});
