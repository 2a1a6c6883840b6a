import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { BotError } from '../errors.ts';
import { Grants } from '../remediation/grants.ts';

export interface GrantsFile {
  /** The grants as the file has them now; those of the last good version while it is broken. */
  current(): Grants;
}

type Complaint = (detail: { readonly problem: string }, message: string) => void;

/** Throws when the file cannot be used at start. Later a broken one changes nothing, and is complained of once. */
export function grantsFile(path: string, complain: Complaint): GrantsFile {
  let seen = stampOf(path);
  let grants = load(path);

  return {
    current() {
      // A look at every use needs no watcher, and works where a mounted ConfigMap is swapped by a symlink.
      const stamp = stampOf(path);
      if (stamp === seen) return grants;
      seen = stamp;
      try {
        grants = load(path);
      } catch (error) {
        complain({ problem: error instanceof Error ? error.message : String(error) }, 'grants file not taken over');
      }
      return grants;
    },
  };
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : 'absent';
}

/** YAML is a superset of JSON, so one parser reads both. */
function load(path: string): Grants {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new BotError('CONFIG_INVALID', 'GRANTS_FILE cannot be read as YAML or JSON', { cause });
  }
  const parsed = Grants.safeParse(content);
  if (!parsed.success) throw new BotError('CONFIG_INVALID', `GRANTS_FILE: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
