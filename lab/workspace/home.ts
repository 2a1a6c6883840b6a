import type { Desk } from './commanding.ts';
import type { User } from './people.ts';
import { eventOf } from './talking.ts';
import { viewOnTheWire } from './view-wire.ts';

/** A person opens the app's Home tab; what they see there is what the app publishes. */
export function openHome({ state, courier }: Desk, user: User): void {
  if (user.deactivated) throw new Error(`${user.name} is deactivated`);
  const { directory, views, messages } = state;
  const home = views.homeOf(user.id);
  const { channel } = directory.directMessage(user);
  void courier.deliver(
    'events_api',
    eventOf(state, messages.stamp(), {
      type: 'app_home_opened',
      user: user.id,
      channel: channel.id,
      tab: 'home',
      event_ts: messages.stamp(),
      ...(home ? { view: viewOnTheWire(state, home) } : {}),
    }),
  );
}
