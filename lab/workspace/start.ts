import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { administer } from './administration.ts';
import { menuIn, pressButton, pressInView } from './clicking.ts';
import { sendCommand } from './commanding.ts';
import { createCourier } from './delivery.ts';
import { openHome } from './home.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { closeModal, menuInModal, submitModal, valuesOf } from './modals.ts';
import { suggest } from './options.ts';
import { createResponseUrls } from './response-url.ts';
import { createSocketMode } from './socket.ts';
import { createState } from './state.ts';
import { createTrouble } from './switches.ts';
import { say } from './talking.ts';
import { look } from './viewing.ts';
import { openDoor, send } from './web-api/door.ts';
import { takeUpload } from './web-api/files.ts';
import { allMethods } from './web-api/methods.ts';
import { everyScope } from './web-api/scopes.ts';
import type { LabWorkspace } from './workspace.ts';

export interface WorkspaceOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Deliver to this address, signed, in place of Socket Mode. */
  readonly http?: { readonly requestUrl: string };
  readonly now?: () => number;
  /** Slack waits 0, 1 and 5 minutes before it repeats an unacknowledged event. */
  readonly eventRetryDelaysMs?: readonly number[];
  /** What the app was installed with; everything by default. */
  readonly scopes?: readonly string[];
}

export async function startWorkspace(options: WorkspaceOptions = {}): Promise<LabWorkspace> {
  const state = createState(options.now ?? Date.now);
  const { directory, changes, credentials, views, files } = state;
  const trouble = createTrouble(state.now);
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
  const newSocketUrl = () => `ws://${host}/link/?ticket=${socketMode.ticket()}`;
  const methods = allMethods(state, baseUrl, newSocketUrl);
  const door = openDoor(state, { methods, trouble, scopes: options.scopes ?? everyScope });
  const courier = createCourier({
    transport: options.http ? createHttpDelivery(state, options.http.requestUrl) : socketMode,
    trouble,
    traffic: state.traffic,
    eventRetryDelaysMs: options.eventRetryDelaysMs ?? [0, 60_000, 300_000],
  });
  const desk = { state, courier, responseUrls, baseUrl };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', baseUrl);
    if (pathname.startsWith('/api/')) return door.handle(request, response, pathname.slice('/api/'.length));
    if (/^\/(commands|actions)\//.test(pathname)) return responseUrls.handle(request, response);
    if (pathname.startsWith('/upload/')) return takeUpload(state, request, response);
    return send(response, 404, { ok: false, error: 'not_found' });
  }

  return {
    apiUrl: `${baseUrl}/api/`,
    ...credentials,
    team: directory.team.id,
    bot: directory.bot.id,
    directory,
    people: directory.people,
    channels: directory.channels,
    approvers: directory.group('network-approvers').id,

    command: async (user, channel, text, command = '/ipv6check') =>
      sendCommand(desk, directory.someone(user), directory.somewhere(channel), text, command),
    click: async (user, message, button, how = {}) => pressButton(desk, directory.someone(user), message, button, how),
    say: (user, channel, text, threadTs) =>
      say(desk, directory.someone(user), directory.somewhere(channel), text, threadTs),

    suggest: async (who, where, actionId, query) => {
      const user = directory.someone(who);
      const place = where === 'modal' ? menuInModal(desk, user, actionId) : menuIn(desk, user, where, actionId);
      return suggest(desk, user, place, query);
    },
    clickInView: async (who, which, button, { entries = {}, ...how } = {}) => {
      const user = directory.someone(who);
      const view = which === 'home' ? views.homeOf(user.id) : views.top(user.id);
      if (!view) throw new Error(`${user.name} sees no ${which}`);
      return pressInView(desk, user, view, button, { ...how, values: valuesOf(desk, user, view, entries) });
    },
    submit: async (who, entries) => submitModal(desk, directory.someone(who), entries),
    dismiss: async (who, how) => closeModal(desk, directory.someone(who), how),
    openHome: (who) => openHome(desk, directory.someone(who)),
    file(id) {
      const file = files.isReady(id) ? files.find(id) : undefined;
      return file && { file, type: files.typeOf(file) };
    },

    ...look(state),
    onChange: changes.subscribe,
    traffic: state.traffic.all,

    switches: trouble,
    calls: (method) => door.calls.filter((call) => !method || call.method === method),
    deliveries: courier.deliveries,
    responseUrlUses: responseUrls.uses,
    isAppConnected: () => options.http !== undefined || socketMode.openConnections() > 0,
    openSockets: socketMode.openConnections,
    dropSockets: socketMode.dropAll,

    ...administer(state),

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
