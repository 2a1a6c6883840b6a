import type { Endpoint, PolicyModel } from './model.ts';
import { selectingIn } from './selecting.ts';

/** The tiers in which nothing but an allow lets the pod out, for sure or if a doubtful policy selects it too. */
function shutTiers({ tiers }: PolicyModel, endpoint: Endpoint, isSure: boolean): string[] {
  if (endpoint.isHostNetwork) return [];
  return tiers
    .filter((tier) => {
      if (tier.endsWith !== 'deny') return false;
      const selecting = selectingIn(tier, endpoint);
      return isSure ? selecting.some(({ doubt }) => doubt === null) : selecting.length > 0;
    })
    .map(({ name }) => name);
}

/** Whether a change isolates the pod in a tier: decided from the tiers themselves, never from sampled flows. */
export function isNewlyShut(old: PolicyModel, now: PolicyModel, endpoint: Endpoint): boolean {
  const shutBefore = shutTiers(old, endpoint, true);
  const shutBySome = shutTiers(old, endpoint, false);
  const shutNow = shutTiers(now, endpoint, true);
  // A tier that only a doubtful policy shut would be shut for sure by a second one.
  return shutTiers(now, endpoint, false).some(
    (tier) => !shutBySome.includes(tier) || (!shutBefore.includes(tier) && shutNow.includes(tier)),
  );
}
