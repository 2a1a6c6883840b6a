import type { Plan } from './plan.ts';

const row = (name: string, proto: string, state: string, info: string) =>
  `${name.padEnd(24)} ${proto.padEnd(8)} ${'master'.padEnd(8)} ${state.padEnd(5)} 2026-01-12  ${info}`;

/** `show protocols` of the node's BIRD; null where Calico routes without it. */
export function birdStatus({ shape, nodes }: Plan, session = 'Established'): string | null {
  if (shape.routing !== 'bird') return null;
  const [, peer] = nodes;
  return [
    'BIRD v0.3.3+birdv1.6.8 ready.',
    'name                     proto    table    state  since       info',
    row('static1', 'Static', 'up', ''),
    row('kernel1', 'Kernel', 'up', ''),
    row('device1', 'Device', 'up', ''),
    row('direct1', 'Direct', 'up', ''),
    row(`Mesh_${peer.ipv6.replaceAll(':', '_')}`, 'BGP', session === 'Established' ? 'up' : 'start', session),
  ].join('\n');
}
