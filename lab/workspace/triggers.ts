import { randomBytes } from 'node:crypto';
import { limits } from './limits.ts';

export interface Triggers {
  issue(): string;
  /** Spends the trigger, or says with Slack's word why it cannot be spent. */
  spend(id: string): 'spent' | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';
}

/** Permission to open a modal: for three seconds, once. */
export function createTriggers(now: () => number): Triggers {
  const issued = new Map<string, { readonly at: number; spent: boolean }>();

  return {
    issue() {
      const id = `${Math.round(now())}.${randomBytes(6).toString('hex')}`;
      issued.set(id, { at: now(), spent: false });
      return id;
    },

    spend(id) {
      const trigger = issued.get(id);
      if (!trigger) return 'invalid_trigger_id';
      if (trigger.spent) return 'exchanged_trigger_id';
      if (now() - trigger.at > limits.triggerMs) return 'expired_trigger_id';
      trigger.spent = true;
      return 'spent';
    },
  };
}
