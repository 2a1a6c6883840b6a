import { canonicalDestination } from './address.ts';
import { linesOf, type Section } from './section.ts';

/** `precedence` lines of /etc/gai.conf; a file that is not there changes nothing, and neither do its comments. */
export const addressPreferences: Section<'podAddressPreferences'> = {
  provides: 'podAddressPreferences',
  from: ['gai'],
  exits: [1],
  parse: (text = '') => ({
    precedences: linesOf(text).flatMap((line) => {
      const match = /^\s*precedence\s+([0-9a-f:.]+\/\d+)\s+(\d+)/iu.exec(line);
      if (!match) return [];
      const [, prefix = '', precedence] = match;
      return [{ prefix: canonicalDestination(prefix), precedence: Number(precedence) }];
    }),
  }),
};
