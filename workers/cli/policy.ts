import type { Command } from './terminal.ts';

export const policyCommand: Command = async (_words, { err }) => {
  err('ipv6check policy: not yet\n');
  return 64;
};
