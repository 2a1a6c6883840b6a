import { randomBytes } from 'node:crypto';
import { limits } from './limits.ts';

export type Spent =
  | { readonly ok: true; readonly user: string }
  | { readonly ok: false; readonly error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' };

export interface Triggers {
  issue(user: string): string;
  /** Spends the trigger and tells whose it was, or says with Slack's word why it cannot be spent. */
  spend(id: string): Spent;
}

/** Permission to open a modal: for three seconds, once. */
export function createTriggers(now: () => number): Triggers {
  const issued = new Map<string, { readonly at: number; readonly user: string; spent: boolean }>();

  return {
    issue(user) {
      const id = `${Math.round(now())}.${randomBytes(6).toString('hex')}`;
      issued.set(id, { at: now(), user, spent: false });
      return id;
    },

    spend(id) {
      const trigger = issued.get(id);
      if (!trigger) return { ok: false, error: 'invalid_trigger_id' };
      if (trigger.spent) return { ok: false, error: 'exchanged_trigger_id' };
      if (now() - trigger.at > limits.triggerMs) return { ok: false, error: 'expired_trigger_id' };
      trigger.spent = true;
      return { ok: true, user: trigger.user };
    },
  };
}
