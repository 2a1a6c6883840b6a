import type { Endpoint, PolicyModel } from './model.ts';
import { selectingIn } from './selecting.ts';

/** The tiers in which nothing but an allow lets the pod out, for sure or if a doubtful policy selects it too. */
function shutTiers({ model, endpoint }: Side, isSure: boolean): string[] {
  if (endpoint.isHostNetwork) return [];
  return model.tiers
    .filter((tier) => {
      if (tier.endsWith !== 'deny') return false;
      const selecting = selectingIn(tier, endpoint);
      return isSure ? selecting.some(({ doubt }) => doubt === null) : selecting.length > 0;
    })
    .map(({ name }) => name);
}

interface Side {
  readonly model: PolicyModel;
  readonly endpoint: Endpoint;
}

/** Whether a change isolates the pod in a tier: decided from the tiers themselves, never from sampled flows. */
export function isNewlyShut(old: Side, now: Side): boolean {
  const shutBefore = shutTiers(old, true);
  const shutBySome = shutTiers(old, false);
  const shutNow = shutTiers(now, true);
  // A tier that only a doubtful policy shut would be shut for sure by a second one.
  return shutTiers(now, false).some(
    (tier) => !shutBySome.includes(tier) || (!shutBefore.includes(tier) && shutNow.includes(tier)),
  );
}
