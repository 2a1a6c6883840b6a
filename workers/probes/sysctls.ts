import { linesOf, odd, type Section } from './section.ts';

/** `eth0/accept_ra:1`, as grep prints the files below net.ipv6.conf. */
function parse(text = ''): unknown {
  const entries = linesOf(text).map((line) => {
    const match = /^(?:\.\/)?([^/:]+\/[a-z0-9_]+):(-?\d+)$/u.exec(line.trim());
    if (!match) throw odd('not a sysctl', line);
    return [match[1] ?? '', match[2] ?? ''] as const;
  });
  if (entries.length === 0) throw new Error('no sysctls at all');
  return Object.fromEntries(entries);
}

export const podSysctls: Section<'podSysctls'> = { provides: 'podSysctls', from: ['sysctls'], parse };
export const nodeSysctls: Section<'nodeSysctls'> = { provides: 'nodeSysctls', from: ['sysctls'], parse };
