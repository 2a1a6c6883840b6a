import { linesOf, odd, type Section } from './section.ts';

/** `ipset save`: members in the order of the kernel. */
export const nodeAddressSets: Section<'nodeAddressSets'> = {
  provides: 'nodeAddressSets',
  from: ['sets'],
  parse(text = '') {
    const sets = new Map<string, string[]>();
    for (const line of linesOf(text)) {
      const [verb, name, member] = line.trim().split(/\s+/u);
      if (verb === 'create' && name) sets.set(name, []);
      else if (verb === 'add' && name && member) sets.get(name)?.push(member);
      else throw odd('not a line of ipset', line);
    }
    return [...sets].map(([name, members]) => ({ name, members }));
  },
};
