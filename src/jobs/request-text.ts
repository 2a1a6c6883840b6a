import type { Destination, Target } from './job.ts';

/** A target as one would type it, without its cluster. */
export function targetText(target: Target): string {
  if (target.kind === 'node') return `node/${target.name}`;
  const { namespace, name } = target;
  return target.kind === 'workload' ? `${namespace}/${target.workload}/${name}` : `${namespace}/${name}`;
}

export function destinationText(destination: Destination | null): string | null {
  if (!destination) return null;
  const { host, port } = destination;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where a grant has to reach. Every namespace has pods on a node, so only a grant for all of them covers one. */
export function namespaceOf(target: Target): string {
  return target.kind === 'node' ? '*' : target.namespace;
}
