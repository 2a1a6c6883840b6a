import type { Desk } from './commanding.ts';
import { checkOptions } from './compositions.ts';
import { interactionOf } from './interactions.ts';
import type { User } from './people.ts';
import { isShape, type Shape, spotIn } from './problems.ts';

/** Where a menu is drawn, as payloads say it. */
export interface MenuPlace {
  readonly blockId: string;
  readonly element: Shape;
  /** `view`, or `message`, `channel` and `container`. */
  readonly around: Shape;
}

export type Suggested =
  | { readonly ok: true; readonly options: readonly Shape[] }
  | {
      readonly ok: false;
      readonly because: 'operation_timeout' | 'dispatch_failed' | 'invalid_options' | 'query too short';
    };

/** Asks the app what a menu offers for what has been typed so far; it has three seconds. */
export async function suggest(
  { state, courier }: Desk,
  user: User,
  place: MenuPlace,
  query: string,
): Promise<Suggested> {
  const { element, blockId, around } = place;
  if (element.type !== 'external_select') throw new Error('Only an external_select asks the app for its options');
  // Slack waits for three characters unless the app says otherwise.
  if ([...query].length < Number(element.min_query_length ?? 3)) return { ok: false, because: 'query too short' };
  const receipt = await courier.deliver('interactive', {
    ...interactionOf(state, user, 'block_suggestion'),
    ...around,
    action_id: element.action_id,
    block_id: blockId,
    value: query,
  });
  if (!receipt.acknowledged) return { ok: false, because: receipt.error };
  const options = receipt.response?.options;
  const problems: string[] = [];
  checkOptions(options, spotIn(problems, '/options'), { mayBeEmpty: true });
  if (problems.length > 0 || !Array.isArray(options)) return { ok: false, because: 'invalid_options' };
  const offered = options.filter(isShape);
  state.offers.set(offerKey(user, element), offered);
  return { ok: true, options: offered };
}

export const offerKey = (user: User, element: Shape): string => `${user.id} ${String(element.action_id)}`;

/** The option of that value, out of those that this person has been shown. */
export function chosenOption({ state }: Desk, user: User, element: Shape, value: string): Shape {
  const own = Array.isArray(element.options) ? element.options : (state.offers.get(offerKey(user, element)) ?? []);
  const initial = isShape(element.initial_option) ? [element.initial_option] : [];
  const option = [...own, ...initial].filter(isShape).find((each) => each.value === value);
  if (!option) throw new Error(`${String(element.action_id)} offers no option "${value}"`);
  return option;
}
