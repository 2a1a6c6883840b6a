import type { Snapshot } from './protocol.ts';

/** A channel's id, or the app's Home tab. */
export type Place = string;

/** The wanted place if this person may be there, else the first that they may. */
export function placeIn({ channels }: Snapshot, wanted: Place): Place {
  if (wanted === 'home' || channels.some(({ id }) => id === wanted)) return wanted;
  const member = channels.find(({ isMember, isArchived }) => isMember && !isArchived);
  return (member ?? channels[0])?.id ?? 'home';
}

/** Who and where, kept behind the # so that a reload changes neither. */
export function readAddress(hash: string): { as: string; place: Place } {
  const [as = '', place = ''] = decodeURIComponent(hash.replace(/^#/, '')).split('/');
  return { as: as || 'alice', place };
}

export const writeAddress = (as: string, place: Place): void =>
  history.replaceState(null, '', `#${encodeURIComponent(as)}/${encodeURIComponent(place)}`);
