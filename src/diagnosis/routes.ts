import type { Route } from '../evidence/network.ts';

export function isDefault({ destination }: Route): boolean {
  return destination === 'default' || destination === '::/0';
}

/** The kernel's own last entry, `::/0 dev lo metric ffffffff`: always there, and no default route. */
export function isNullEntry(route: Route): boolean {
  return isDefault(route) && route.device === 'lo' && (route.metric === 0xffffffff || route.metric === -1);
}

/** Look-ups ignore a Router Advertisement's route once it has expired, although it stays listed. */
export function isExpired({ expiresSeconds }: Route): boolean {
  return expiresSeconds !== null && expiresSeconds < 0;
}

export function describeRoute(route: Route): string {
  const { destination, type, gateway, device, metric, protocol, expiresSeconds } = route;
  const words = [
    type === 'unicast' ? destination : `${type} ${destination}`,
    gateway === null ? '' : `via ${gateway}`,
    device === null ? '' : `dev ${device}`,
    protocol === null ? '' : `proto ${protocol}`,
    metric === null ? '' : `metric ${metric}`,
    expiresSeconds === null ? '' : isExpired(route) ? 'expired' : `expires in ${expiresSeconds}s`,
  ];
  return words.filter((word) => word !== '').join(' ');
}
