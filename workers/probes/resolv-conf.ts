import { isIP } from 'node:net';
import { linesOf, type Section } from './section.ts';

/** Name servers of resolv.conf; its other lines are no concern of ours. */
export const resolvConf: Section<'podResolvers'> = {
  provides: 'podResolvers',
  from: ['resolv'],
  parse: (text = '') =>
    linesOf(text).flatMap((line) => {
      const [keyword, address = ''] = line.trim().split(/\s+/u);
      return keyword === 'nameserver' && isIP(address.replace(/%.*$/u, '')) !== 0 ? [address] : [];
    }),
};
