import { readFileSync } from 'node:fs';

/** The scripts as they travel: what is for people stays here, because argv is part of a URL. */
function load(name: string): string {
  return (
    readFileSync(new URL(name, import.meta.url), 'utf8')
      .split('\n')
      // Two spaces are the shell's indentation; Python's lines inside have one, which means something.
      .map((line) => line.replace(/^(?: {2})+/u, '').trimEnd())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .join('\n')
  );
}

const prelude = load('prelude.sh');

export const podScript = `${prelude}\n${load('pod.sh')}`;
export const nodeScript = `${prelude}\n${load('node.sh')}`;
