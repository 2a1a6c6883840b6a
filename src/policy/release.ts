/** A release of Calico, as far as policies are enforced differently by different ones. */
export interface Release {
  readonly isAtLeast: (major: number, minor: number) => boolean;
}

/** Null for a version that is absent or not in Calico's form, `v3.31.2`. */
export function releaseOf(version: string | null): Release | null {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? '');
  if (!match) return null;
  const [own, minorOwn] = [Number(match[1]), Number(match[2])];
  return { isAtLeast: (major, minor) => own > major || (own === major && minorOwn >= minor) };
}

/** Which administrator policies a release enforces: ClusterNetworkPolicy took the place of its elders in 3.32. */
export function enforces(release: Release, kind: string): boolean {
  if (kind === 'ClusterNetworkPolicy') return release.isAtLeast(3, 32);
  return release.isAtLeast(3, kind === 'AdminNetworkPolicy' ? 29 : 30) && !release.isAtLeast(3, 32);
}
