import { linesOf, odd, type Section } from './section.ts';

/** `/proc/net/dev`: two lines of headings, then sixteen numbers for each interface, received before sent. */
export const podDevices: Section<'podDevices'> = {
  provides: 'podDevices',
  from: ['dev-before', 'dev-after'],
  parse: (before = '', after = '') => ({ before: packetsOf(before), after: packetsOf(after) }),
};

function packetsOf(text: string): Record<string, unknown> {
  const lines = linesOf(text).filter((line) => !line.includes('|'));
  if (lines.length === 0) throw new Error('no interfaces at all');
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', numbers = ''] = /^\s*(\S+):\s*([\d\s]+)$/u.exec(line) ?? [];
      const counts = numbers.trim().split(/\s+/u).map(Number);
      if (counts.length !== 16) throw odd('not an interface', line);
      return [name, { received: counts[1], sent: counts[9] }];
    }),
  );
}
