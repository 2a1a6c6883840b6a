import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingScope } from '../../lab/workspace/web-api/scopes.ts';
import { sourcesIn } from '../helpers/sources.ts';

interface Manifest {
  readonly features: { readonly slash_commands: readonly { readonly command: string; readonly url?: string }[] };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[]; readonly user?: readonly string[] } };
  readonly settings: {
    readonly interactivity: { readonly is_enabled: boolean; readonly request_url?: string };
    readonly socket_mode_enabled: boolean;
    readonly event_subscriptions?: unknown;
  };
}

const read = (mode: string) => parse(readFileSync(`deploy/slack/manifest-${mode}.yaml`, 'utf8')) as Manifest;
const [socket, http] = [read('socket'), read('http')];
const page = readFileSync('docs/slack-app.md', 'utf8');

/** Every Web API method that the sources name. */
const methods = [
  ...new Set(
    ['src', 'workers'].flatMap(sourcesIn).flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const calls = text.matchAll(/\bclient\s*\.((?:[a-z]\w*\.)+[a-z]\w*)\(|apiCall\('([\w.]+)'/g);
      return [...calls].map(([, typed, named]) => typed ?? named ?? '');
    }),
  ),
];

describe('deploy/slack-app', () => {
  it('finds the methods that are called', () => {
    expect(methods).toEqual(
      expect.arrayContaining(['auth.test', 'users.info', 'chat.postMessage', 'conversations.open']),
    );
  });

  it('asks for every scope that a method needs, and for no other', () => {
    const { bot, user } = socket.oauth_config.scopes;
    expect(methods.flatMap((method) => missingScope(method, bot) ?? [])).toEqual([]);
    expect(user).toBeUndefined();

    // Of private channels only Slack asks for more, and a slash command is no method.
    for (const scope of bot.filter((each) => each !== 'commands' && each !== 'groups:read')) {
      const without = bot.filter((each) => each !== scope);
      expect([scope, methods.some((method) => missingScope(method, without) !== undefined)]).toEqual([scope, true]);
    }
  });

  it('is one app in two ways of delivery', () => {
    const { interactivity, socket_mode_enabled, ...settings } = http.settings;
    const { interactivity: _, socket_mode_enabled: __, ...others } = socket.settings;

    expect(http.oauth_config).toEqual(socket.oauth_config);
    expect(settings).toEqual(others);
    expect([socket.settings.socket_mode_enabled, socket_mode_enabled]).toEqual([true, false]);
    expect(socket.settings.interactivity).toEqual({ is_enabled: true });
    expect(interactivity.request_url).toMatch(/^https:.*\/slack\/events$/);
    expect(http.features.slash_commands.map(({ url }) => url)).toEqual([interactivity.request_url]);
    expect(socket.features.slash_commands.map(({ url }) => url)).toEqual([undefined]);
  });

  it('has the one command that the bot hears, and listens to no messages', () => {
    for (const { features, settings } of [socket, http]) {
      expect(features.slash_commands.map(({ command }) => command)).toEqual(['/ipv6check']);
      expect(settings.event_subscriptions).toBeUndefined();
    }
    expect(readFileSync('src/slack/app.ts', 'utf8')).toContain("app.command('/ipv6check'");
  });

  it('has a page that says why of every scope', () => {
    for (const scope of socket.oauth_config.scopes.bot) expect(page).toContain(`| \`${scope}\` |`);
  });
});
