import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../../lab/contract.ts';

/** Where `go install` puts it for us, or wherever the machine has it. */
const folders = [...(process.env.PATH ?? '').split(delimiter), join(homedir(), '.cache/ipv6check/bin')];
const found = folders.map((folder) => join(folder, 'helm')).find((path) => existsSync(path)) ?? null;

/** Names what is wanting, for the tests that are skipped and counted without it. */
export const helm = { isThere: found !== null, note: found === null ? ' (skipped: no helm)' : '' };

export const namespace = 'ipv6check';
/** The version that the tests' schemas and measurements are of. */
const server = ['--kube-version', '1.36.0'];

export type Values = Readonly<Record<string, unknown>>;

/** All that nobody could guess, and nothing else. */
export const leastValues: Values = {
  image: { repository: 'registry.example/ipv6check' },
  slack: { existingSecret: 'ipv6check-slack' },
  decision: { existingSecret: 'ipv6check-decision' },
  redis: { existingSecret: 'ipv6check-redis' },
};

function run(words: readonly string[], values: Values) {
  if (found === null) throw new Error('no helm');
  return spawnSync(found, [...words, ...server, '--values', '-'], { encoding: 'utf8', input: stringify(values) });
}

export function lint(values: Values): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = run(['lint', '--strict', 'deploy/chart'], values);
  return { status, output: stdout + stderr };
}

/** What helm says when it refuses; null when it renders. */
export function refusalOf(values: Values): string | null {
  const { status, stderr } = run(['template', 'ipv6check', 'deploy/chart', '--namespace', namespace], values);
  return status === 0 ? null : stderr;
}

const rendered = new Map<string, readonly KubeObject[]>();

export function render(values: Values, release = 'ipv6check'): readonly KubeObject[] {
  const key = JSON.stringify([release, values]);
  const known = rendered.get(key);
  if (known) return known;
  const { status, stdout, stderr } = run(['template', release, 'deploy/chart', '--namespace', namespace], values);
  if (status !== 0) throw new Error(stderr);
  const objects = parseAllDocuments(stdout).flatMap((document) => (document.toJSON() as KubeObject | null) ?? []); // checked by schema
  rendered.set(key, objects);
  return objects;
}

/** NOTES.txt is a template like any other: an object made of it shows it without a cluster. */
export function notesOf(values: Values): string {
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-notes-'));
  try {
    cpSync('deploy/chart', folder, { recursive: true });
    const text = '{{ include (print $.Template.BasePath "/NOTES.txt") . | toJson }}';
    writeFileSync(join(folder, 'templates/shown.yaml'), `kind: Notes\ntext: ${text}\n`);
    const { stdout } = run(['template', 'ipv6check', folder, '--show-only', 'templates/shown.yaml'], values);
    return (parse(stdout) as { text: string }).text; // the line above
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
