import { z } from 'zod';
import { canonicalIPv6 } from './address.ts';
import { jsonOf } from './iproute-json.ts';
import { odd, type Section, UselessTool } from './section.ts';

const Answer = z.looseObject({
  type: z.string().optional(),
  dev: z.string().optional(),
  gateway: z.string().optional(),
  prefsrc: z.string().optional(),
});

/** What an unusable route means to a packet, where `ip` names its type instead of an error. */
const problems: Readonly<Record<string, string>> = {
  blackhole: 'Invalid argument',
  unreachable: 'No route to host',
  prohibit: 'Permission denied',
  throw: 'Network is unreachable',
};

/** Answers of `ip -j -6 route get`, each after a line `> address`. */
function lookups(text: string): unknown[] {
  return text
    .split(/^> /mu)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [to = '', ...answer] = part.split('\n');
      return lookup(canonicalIPv6(to.trim()), answer.join('\n'));
    });
}

function lookup(to: string, answer: string): unknown {
  const refused = /RTNETLINK answers: (.+)/u.exec(answer)?.[1]?.trim();
  if (refused !== undefined) return { to, device: null, gateway: null, source: null, problem: refused };
  const [raw] = jsonOf(answer);
  if (raw === undefined) throw odd('no answer for', to);
  const { type, dev, gateway, prefsrc } = Answer.parse(raw);
  return {
    to,
    device: dev ?? null,
    gateway: gateway === undefined ? null : canonicalIPv6(gateway),
    source: prefsrc === undefined ? null : canonicalIPv6(prefsrc),
    problem: problems[type ?? ''] ?? null,
  };
}

export const nodePodRoute: Section<'nodePodRoute'> = {
  provides: 'nodePodRoute',
  from: ['pod-route'],
  parse: (text = '') => lookups(text)[0],
};

export const nodeDestinationRoutes: Section<'nodeDestinationRoutes'> = {
  provides: 'nodeDestinationRoutes',
  from: ['destination-routes'],
  parse: (text = '') => lookups(text),
};

/** As a packet from the pod meets it, which only a route to the pod lets anybody ask for. */
export const nodeForwardRoutes: Section<'nodeForwardRoutes'> = {
  provides: 'nodeForwardRoutes',
  from: ['forward-routes'],
  parse: (text = '') => lookups(text),
};

/** Lines of `ip -6 route get` without JSON, which busybox does not write. */
export const podDestinationRoutes: Section<'podDestinationRoutes'> = {
  provides: 'podDestinationRoutes',
  from: ['routes'],
  exits: [1, 2],
  parse: (text = '') =>
    text
      .split(/^> /mu)
      .filter((part) => part.trim() !== '')
      .map((part) => {
        const [to = '', ...answer] = part.split('\n');
        return plainLookup(canonicalIPv6(to.trim()), answer.join(' ').trim());
      }),
};

function plainLookup(to: string, answer: string): unknown {
  if (/not found|invalid (option|argument "get")|applet not found/u.test(answer))
    throw new UselessTool(answer.slice(0, 120));
  const refused = /RTNETLINK answers: ([A-Z][A-Za-z ]+)/u.exec(answer)?.[1]?.trim();
  const nothing = { to, device: null, gateway: null, source: null };
  if (refused !== undefined) return { ...nothing, problem: refused };
  const type = /^(blackhole|unreachable|prohibit|throw) /u.exec(answer)?.[1];
  if (type !== undefined) return { ...nothing, problem: problems[type] };
  const word = (name: string) => new RegExp(` ${name} (\\S+)`, 'u').exec(` ${answer}`)?.[1] ?? null;
  const [device, gateway, source] = [word('dev'), word('via'), word('src')];
  if (device === null) throw odd('no answer for', to);
  return {
    to,
    device,
    gateway: gateway === null ? null : canonicalIPv6(gateway),
    source: source === null ? null : canonicalIPv6(source),
    problem: null,
  };
}
