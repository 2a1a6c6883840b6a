import { once } from 'node:events';
import { createServer } from 'node:net';
import { App, HTTPReceiver, type Logger, LogLevel, webApi } from '@slack/bolt';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';

/** The tests provoke trouble that Bolt rightly complains about. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** The real client, without its half hour of retries. */
export function webClient({ apiUrl, botToken }: LabWorkspace, token = botToken, retries = 0): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries, minTimeout: 1 },
    logger: silent,
  });
}

const clientOptionsOf = ({ apiUrl }: LabWorkspace) => ({ slackApiUrl: apiUrl, retryConfig: { retries: 0 } });

export async function startSocketApp(workspace: LabWorkspace, prepare: (app: App) => void): Promise<App> {
  const app = new App({
    token: workspace.botToken,
    appToken: workspace.appToken,
    socketMode: true,
    logger: silent,
    clientOptions: clientOptionsOf(workspace),
  });
  prepare(app);
  const before = workspace.openSockets();
  await app.start();
  await workspace.waitFor(() => workspace.openSockets() > before);
  return app;
}

export async function startHttpApp(
  workspace: LabWorkspace,
  port: number,
  prepare: (app: App) => void,
  signingSecret = workspace.signingSecret,
): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret, logger: silent });
  const app = new App({
    token: workspace.botToken,
    receiver,
    logger: silent,
    clientOptions: clientOptionsOf(workspace),
  });
  prepare(app);
  await app.start({ port, host: '127.0.0.1' });
  return app;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('A listening server has no address');
  return address.port;
}

/** Slack's refusal, out of the error that the client makes of it. */
export async function refusalOf(call: Promise<unknown>): Promise<{ error: string; messages: readonly string[] }> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof webApi.WebAPIPlatformError))
    throw new Error('Slack did not refuse the call', { cause: error });
  return { error: error.data.error, messages: error.data.response_metadata?.messages ?? [] };
}
