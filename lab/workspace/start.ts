import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buttonsOf, pressButton } from './clicking.ts';
import { sendCommand } from './commanding.ts';
import { createCourier } from './delivery.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { conversationText } from './render.ts';
import { createResponseUrls } from './response-url.ts';
import { createSocketMode } from './socket.ts';
import { createState, type State } from './state.ts';
import { createTrouble } from './switches.ts';
import { say } from './talking.ts';
import { openDoor, send } from './web-api/door.ts';
import { allMethods } from './web-api/methods.ts';
import type { LabWorkspace, Where } from './workspace.ts';

export interface WorkspaceOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Deliver to this address, signed, in place of Socket Mode. */
  readonly http?: { readonly requestUrl: string };
  readonly now?: () => number;
  /** Slack waits 0, 1 and 5 minutes before it repeats an unacknowledged event. */
  readonly eventRetryDelaysMs?: readonly number[];
}

export async function startWorkspace(options: WorkspaceOptions = {}): Promise<LabWorkspace> {
  const state = createState(options.now ?? Date.now);
  const { directory, changes, credentials } = state;
  const trouble = createTrouble();
  const socketMode = createSocketMode(state);
  const responseUrls = createResponseUrls(state);
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      send(response, 500, { ok: false, error: 'internal_error', detail: String(error) });
    });
  });
  server.on('upgrade', socketMode.upgrade);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('A listening server has no address');
  const host = `127.0.0.1:${address.port}`;
  const baseUrl = `http://${host}`;
  const door = openDoor(
    state,
    allMethods(state, () => `ws://${host}/link/?ticket=${socketMode.ticket()}`),
    trouble,
  );
  const courier = createCourier({
    transport: options.http ? createHttpDelivery(state, options.http.requestUrl) : socketMode,
    trouble,
    changes,
    eventRetryDelaysMs: options.eventRetryDelaysMs ?? [0, 60_000, 300_000],
  });
  const desk = { state, courier, responseUrls, baseUrl };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', baseUrl);
    if (pathname.startsWith('/api/')) return door.handle(request, response, pathname.slice('/api/'.length));
    if (/^\/(commands|actions)\//.test(pathname)) return responseUrls.handle(request, response);
    return send(response, 404, { ok: false, error: 'not_found' });
  }

  return {
    apiUrl: `${baseUrl}/api/`,
    ...credentials,
    team: directory.team.id,
    bot: directory.bot.id,
    people: directory.people,
    channels: directory.channels,
    approvers: directory.group('network-approvers').id,

    command: (user, channel, text, command = '/ipv6check') =>
      sendCommand(desk, directory.someone(user), directory.somewhere(channel), text, command),
    click: (user, message, button, how = {}) => pressButton(desk, directory.someone(user), message, button, how),
    say: (user, channel, text, threadTs) =>
      say(desk, directory.someone(user), directory.somewhere(channel), text, threadTs),

    ...views(state),

    switches: trouble,
    calls: (method) => door.calls.filter((call) => !method || call.method === method),
    deliveries: courier.deliveries,
    responseUrlUses: responseUrls.uses,
    openSockets: socketMode.openConnections,
    dropSockets: socketMode.dropAll,

    ...administration(state),

    async close() {
      courier.close();
      changes.close();
      await socketMode.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What there is to see. */
function views({ directory, messages, changes }: State) {
  const inChannel = (where: Where) => {
    const { id } = directory.somewhere(where);
    return messages.all.filter(({ channel }) => channel === id);
  };
  const visibleTo: LabWorkspace['visibleTo'] = (who, where) => {
    const user = directory.someone(who);
    const channel = directory.somewhere(where);
    const mayRead =
      channel.members.has(user.id) || (channel.kind === 'public' && !user.isGuest && user.teamId === directory.team.id);
    return mayRead ? inChannel(channel).filter(({ onlyFor }) => !onlyFor || onlyFor === user.id) : [];
  };
  const thread: LabWorkspace['thread'] = (where, ts) =>
    inChannel(where).filter((message) => !message.onlyFor && (message.ts === ts || message.threadTs === ts));

  return {
    thread,
    visibleTo,
    messages: (where: Where) => inChannel(where).filter(({ onlyFor, threadTs }) => !onlyFor && !threadTs),
    ephemerals: (who: Parameters<LabWorkspace['ephemerals']>[0]) => {
      const { id } = directory.someone(who);
      return messages.all.filter(({ onlyFor }) => onlyFor === id);
    },
    current: messages.find,
    buttons: (ref: Parameters<LabWorkspace['buttons']>[0]) => {
      const message = messages.find(ref);
      return message ? buttonsOf(message).map(({ label }) => label) : [];
    },
    text: (where: Where, as?: Parameters<LabWorkspace['ephemerals']>[0]) => {
      const shown = as ? visibleTo(as, where) : inChannel(where).filter(({ onlyFor }) => !onlyFor);
      return `#${directory.somewhere(where).name}\n\n${conversationText(shown, directory)}`;
    },
    threadText: (where: Where, ts: string) => conversationText(thread(where, ts), directory),
    waitFor: changes.waitFor,
  };
}

/** What administrators do to a workspace while an app is running in it. */
function administration({ directory, messages, changes }: State) {
  const then =
    <A extends unknown[]>(change: (...args: A) => unknown) =>
    (...args: A): void => {
      change(...args);
      changes.announce();
    };
  type Admin = LabWorkspace;

  return {
    archive: then((where: Where) => Object.assign(directory.somewhere(where), { archived: true })),
    invite: then<Parameters<Admin['invite']>>((who, where) =>
      directory.somewhere(where).members.add(directory.someone(who).id),
    ),
    remove: then<Parameters<Admin['remove']>>((who, where) =>
      directory.somewhere(where).members.delete(directory.someone(who).id),
    ),
    deactivate: then<Parameters<Admin['deactivate']>>((who) =>
      Object.assign(directory.someone(who), { deactivated: true }),
    ),
    setGroup: then<Parameters<Admin['setGroup']>>((which, members) => {
      const { users } = directory.group(which);
      users.clear();
      for (const member of members) users.add(directory.someone(member).id);
    }),
    deleteMessage: messages.remove,
  };
}
