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
  let taken = stampOf(path);
  let grants = load(path);
  let complainedOf: string | null = null;

  return {
    current() {
      // A look at every use needs no watcher, and works where a mounted ConfigMap is swapped by a symlink.
      const stamp = stampOf(path);
      if (stamp === taken) return grants;
      try {
        grants = load(path);
        [taken, complainedOf] = [stamp, null];
      } catch (error) {
        // Tried again at the next use, for the trouble may be with reading and not with what is written.
        if (stamp !== complainedOf) complain({ problem: wordsOf(error) }, 'grants file not taken over');
        complainedOf = stamp;
      }
      return grants;
    },
  };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'absent'; // or not to be looked at; reading it says which
  }
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
