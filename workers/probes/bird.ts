import { linesOf, type Section } from './section.ts';

/** `birdcl6 show protocols`, of BIRD 1.6. */
export const nodeBirdProtocols: Section<'nodeBirdProtocols'> = {
  provides: 'nodeBirdProtocols',
  from: ['bird'],
  parse(text = '') {
    const lines = linesOf(text);
    const head = lines.findIndex((line) => /^name\s+proto\s+table\s+state\s+since\s+info\b/u.test(line));
    if (head < 0) throw new Error(`not BIRD's protocols: ${lines[0]?.slice(0, 120) ?? 'nothing'}`);
    return lines.slice(head + 1).map((line) => {
      const [name, protocol, , state, , ...info] = line.trim().split(/\s+/u);
      // `since` is a date or a time of day, and where it is both the time stands first in the rest.
      const words = info.filter((word) => !/^\d{2}:\d{2}:\d{2}$/u.test(word));
      return { name, protocol, state, info: words.join(' ') };
    });
  },
};
