import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The TypeScript of a folder, by path from the root of the repository. */
export function sourcesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(root, name))
    .toSorted();
}

export interface Import {
  /** A package as it is written, or a file by its path from the root. */
  readonly target: string;
  readonly isType: boolean;
}

const declaration = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const onDemand = /\b(?:import|require)\(\s*'([^']+)'/g;

export function importsOf(file: string, text = readFileSync(file, 'utf8')): Import[] {
  const target = (specifier = '') => (specifier.startsWith('.') ? join(dirname(file), specifier) : specifier);
  return [
    ...[...text.matchAll(declaration)].map(([, type, path]) => ({ target: target(path), isType: type !== undefined })),
    ...[...text.matchAll(onDemand)].map(([, path]) => ({ target: target(path), isType: false })),
  ];
}

/** What is left of a file when nobody reads the comments and what is said in quotes. */
export function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/(^|\s)\/\/.*$/gm, '');
}
