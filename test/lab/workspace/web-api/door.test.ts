import { webApi } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { refusalOf, webClient } from '../bolt-app.ts';

let workspace: LabWorkspace;

beforeEach(async () => {
  workspace = await startWorkspace();
});

afterEach(() => workspace.close());

const hello = () => ({ channel: workspace.channels.incidents.id, text: 'Hello' });

describe('lab/workspace/web-api/door', () => {
  it.each`
    token        | error
    ${'xoxb-no'} | ${'invalid_auth'}
    ${''}        | ${'not_authed'}
    ${undefined} | ${undefined}
  `('answers token $token with $error', async ({ token, error }) => {
    const test = webClient(workspace, token).auth.test();

    if (error) expect(await refusalOf(test)).toMatchObject({ error });
    else expect(await test).toMatchObject({ ok: true, user_id: workspace.bot, team_id: workspace.team });
  });

  it('refuses the app token where a bot is needed, and methods that it does not know', async () => {
    const asApp = webClient(workspace, workspace.appToken).chat.postMessage(hello());
    const unknown = webClient(workspace).apiCall('chat.shout', hello());

    expect(await refusalOf(asApp)).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await refusalOf(unknown)).toMatchObject({ error: 'unknown_method' });
  });

  it('takes JSON as well as forms, but no token in JSON', async () => {
    const post = (body: object, headers = {}) =>
      fetch(`${workspace.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
        body: JSON.stringify(body),
      }).then((response) => response.json());

    expect(await post(hello(), { authorization: `Bearer ${workspace.botToken}` })).toMatchObject({ ok: true });
    expect(await post({ ...hello(), token: workspace.botToken })).toMatchObject({ ok: false, error: 'not_authed' });
  });

  it('refuses what the app was not installed for, and names it', async () => {
    await workspace.close();
    workspace = await startWorkspace({ scopes: ['commands', 'chat:write'] });

    expect(await webClient(workspace).chat.postMessage(hello())).toMatchObject({ ok: true });
    const listing = webClient(workspace).usergroups.list({});
    expect(await listing.catch((error: unknown) => error)).toMatchObject({
      data: { error: 'missing_scope', needed: 'usergroups:read', provided: 'commands,chat:write' },
    });
  });

  it('keeps every call with its outcome and never a token', async () => {
    await webClient(workspace).chat.postMessage(hello());
    await webClient(workspace)
      .chat.update({ ...hello(), ts: '1.000001' })
      .catch(() => {});

    expect(workspace.calls()).toMatchObject([
      { method: 'chat.postMessage', args: { text: 'Hello' }, outcome: 'ok' },
      { method: 'chat.update', outcome: 'message_not_found' },
    ]);
    expect(JSON.stringify(workspace.calls())).not.toContain('xoxb');
  });

  it('limits the rate for the ordered number of calls, without effect', async () => {
    workspace.switches.rateLimit('chat.postMessage', { retryAfterSeconds: 7 });
    const raw = await fetch(`${workspace.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.botToken}` },
      body: new URLSearchParams(hello()),
    });

    expect(raw.status).toBe(429);
    expect(raw.headers.get('retry-after')).toBe('7');
    expect(workspace.messages('incidents')).toEqual([]);
    await webClient(workspace).chat.postMessage(hello());
    expect(workspace.messages('incidents')).toHaveLength(1);
  });

  it('makes the real client wait for Retry-After and then succeed', async () => {
    workspace.switches.rateLimit('chat.postMessage', { retryAfterSeconds: 1 });

    await webClient(workspace, undefined, 1).chat.postMessage(hello());

    const [limited, answered] = workspace.calls('chat.postMessage');
    expect([limited?.outcome, answered?.outcome]).toEqual(['ratelimited', 'ok']);
    expect(answered!.at - limited!.at).toBeGreaterThanOrEqual(900);
  });

  it('fails the ordered calls with the ordered error', async () => {
    workspace.switches.fail('chat.postMessage', 'is_archived', 2);
    const post = () => webClient(workspace).chat.postMessage(hello());

    expect(await refusalOf(post())).toMatchObject({ error: 'is_archived' });
    expect(await refusalOf(post())).toMatchObject({ error: 'is_archived' });
    expect(await post()).toMatchObject({ ok: true });
  });

  it('performs a call whose answer is lost, so that a retry doubles the effect', async () => {
    workspace.switches.loseAnswer('chat.postMessage');

    await expect(webClient(workspace).chat.postMessage(hello())).rejects.toBeInstanceOf(webApi.WebAPIRequestError);

    expect(workspace.messages('incidents')).toHaveLength(1);
    expect(workspace.calls('chat.postMessage')).toMatchObject([{ outcome: 'lost' }]);
  });

  it('holds a call back for as long as ordered', async () => {
    workspace.switches.delay('auth.test', 200);
    const started = performance.now();

    await webClient(workspace).auth.test();

    expect(performance.now() - started).toBeGreaterThan(190);
  });

  it("holds the app to Slack's rates once ordered to", async () => {
    workspace.switches.enforceRates();
    const { usergroups } = webClient(workspace);
    const list = () => usergroups.list({});

    for (let count = 0; count < 20; count += 1) await list();
    await fetch(`${workspace.apiUrl}usergroups.list`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.botToken}` },
    });

    expect(workspace.calls('usergroups.list').at(-1)?.outcome).toBe('ratelimited');
  });

  it('takes a token from a form', async () => {
    const body = new URLSearchParams({ ...hello(), token: workspace.botToken });
    const response = await fetch(`${workspace.apiUrl}chat.postMessage`, { method: 'POST', body });

    expect(await response.json()).toMatchObject({ ok: true });
    expect(workspace.calls()[0]?.args).toEqual(hello());
  });
});
