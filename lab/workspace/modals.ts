import type { Desk } from './commanding.ts';
import type { Receipt } from './delivery.ts';
import { interactionOf } from './interactions.ts';
import { chosenOption, type MenuPlace } from './options.ts';
import type { User } from './people.ts';
import { isShape, type Shape } from './problems.ts';
import { checkView } from './view-content.ts';
import { type Field, fieldsOf, type Values, viewOnTheWire } from './view-wire.ts';
import type { View } from './views.ts';

/** What somebody types or chooses, by action_id: text, or the value of an option. */
export type Entries = Readonly<Record<string, string>>;

export type SubmitOutcome =
  | { readonly delivered: false; readonly errors: Readonly<Record<string, string>> }
  | {
      readonly delivered: true;
      readonly receipt: Receipt;
      /** `trouble` is what Slack shows as "We had some trouble connecting": the modal stays as it was. */
      readonly result: 'closed' | 'errors' | 'updated' | 'pushed' | 'trouble';
    };

function entered(desk: Desk, user: User, { element, actionId }: Field, entries: Entries): Shape {
  const { type } = element;
  const given = entries[actionId];
  if (type === 'plain_text_input') return { type, value: (given ?? element.initial_value ?? '') || null };
  if (given === undefined || given === '') return { type, selected_option: element.initial_option ?? null };
  return { type, selected_option: chosenOption(desk, user, element, given) };
}

export function valuesOf(desk: Desk, user: User, view: View, entries: Entries): Values {
  const fields = fieldsOf(view);
  return Object.fromEntries(
    fields.map((field) => [field.blockId, { [field.actionId]: entered(desk, user, field, entries) }]),
  );
}

/** What Slack itself finds wrong: the app never hears of a submission that lacks something. */
function problemOf({ isOptional, element }: Field, value: Shape | undefined): string | undefined {
  const text = typeof value?.value === 'string' ? value.value : undefined;
  if (text === undefined && !isShape(value?.selected_option)) {
    return isOptional ? undefined : 'Please complete this required field.';
  }
  const size = [...(text ?? '')].length;
  const [min, max] = [Number(element.min_length ?? 0), Number(element.max_length ?? Number.POSITIVE_INFINITY)];
  if (text !== undefined && size < min) return `Please enter at least ${min} characters.`;
  return text !== undefined && size > max ? `Please enter ${max} characters or fewer.` : undefined;
}

function topOf({ state }: Desk, user: User): View {
  const view = state.views.top(user.id);
  if (!view) throw new Error(`${user.name} has no modal open`);
  return view;
}

export async function submitModal(desk: Desk, user: User, entries: Entries): Promise<SubmitOutcome> {
  const { state, courier } = desk;
  const view = topOf(desk, user);
  if (view.given.submit === undefined) throw new Error('This modal has nothing to submit');
  const values = valuesOf(desk, user, view, entries);
  const problems = fieldsOf(view).flatMap((field) => {
    const problem = problemOf(field, values[field.blockId]?.[field.actionId]);
    return problem ? [[field.blockId, problem] as const] : [];
  });
  if (problems.length > 0) return { delivered: false, errors: Object.fromEntries(problems) };

  const receipt = await courier.deliver('interactive', {
    ...interactionOf(state, user, 'view_submission'),
    view: viewOnTheWire(state, view, values),
    response_urls: [],
  });
  return {
    delivered: true,
    receipt,
    result: receipt.acknowledged ? obey(desk, user, view, receipt.response) : 'trouble',
  };
}

/** What the app's acknowledgement does to the stack; no answer closes the view. */
function obey({ state }: Desk, user: User, view: View, answer: Shape | undefined) {
  const { views, files } = state;
  const given = isShape(answer?.view) ? checkView(answer.view, 'modal', files.isReady) : undefined;
  switch (answer?.response_action) {
    case undefined:
      views.close(user.id);
      return 'closed';
    case 'clear':
      views.close(user.id, { all: true });
      return 'closed';
    case 'errors': {
      const errors = Object.entries(isShape(answer?.errors) ? answer.errors : {});
      const known = fieldsOf(view).map(({ blockId }) => blockId);
      // Slack shows an error only beneath an input; an answer that names another block is an answer it cannot read.
      if (errors.length === 0 || errors.some(([blockId]) => !known.includes(blockId))) return 'trouble';
      views.complain(view, Object.fromEntries(errors.map(([blockId, words]) => [blockId, String(words)])));
      return 'errors';
    }
    case 'update':
      if (!given?.ok) return 'trouble';
      views.update(view, given.content);
      return 'updated';
    case 'push':
      if (!given?.ok || views.isFull(user.id)) return 'trouble';
      views.push(user.id, given.content);
      return 'pushed';
    default:
      return 'trouble';
  }
}

/** Cancel takes one view off, the cross in the corner all of them; the app hears of it only if it asked to. */
export async function closeModal({ state, courier }: Desk, user: User, { all = false } = {}): Promise<void> {
  const { views } = state;
  const view = topOf({ state, courier } as Desk, user);
  const closesAll = all || view.given.clear_on_close === true;
  views.close(user.id, { all: closesAll });
  if (view.given.notify_on_close !== true) return;
  const { trigger_id: _, ...head } = interactionOf(state, user, 'view_closed');
  await courier.deliver('interactive', { ...head, view: viewOnTheWire(state, view), is_cleared: closesAll });
}

/** A menu of the open modal, for asking the app what it offers. */
export function menuInModal(desk: Desk, user: User, actionId: string): MenuPlace {
  const view = topOf(desk, user);
  const field = fieldsOf(view).find((each) => each.actionId === actionId);
  if (!field) throw new Error(`The modal has no input ${actionId}`);
  return { ...field, around: { container: { type: 'view', view_id: view.id }, view: viewOnTheWire(desk.state, view) } };
}
