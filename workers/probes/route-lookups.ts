import { z } from 'zod';
import { canonicalIPv6 } from './address.ts';
import { jsonOf } from './iproute-json.ts';
import { odd, type Section } from './section.ts';

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
