import { grantsFile } from '../../../src/adapters/grants-file.ts';
import { type Role, readConfig } from '../../../src/config.ts';
import { BotError } from '../../../src/errors.ts';
import type { Grants } from '../../../src/remediation/grants.ts';
import type { Terminal } from '../terminal.ts';
import type { Finding } from './finding.ts';

const area = 'configuration';

/** What a process of this role would say of its environment when it starts: names, and never a value. */
export function lookAtConfiguration(env: Terminal['env'], role: Role): Finding[] {
  try {
    readConfig(env, role);
    return [{ area, state: 'ok', says: `What the ${role} process reads is complete.` }];
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    return error.message.split('; ').map((problem) => ({ area, state: 'wrong', says: `${problem} (${role})` }));
  }
}

/** Null where no file is named, or what is wrong with it. */
export function lookAtGrants(env: Terminal['env']): { readonly grants: Grants | null; readonly findings: Finding[] } {
  if (!env.GRANTS_FILE) return { grants: null, findings: [] };
  try {
    const grants = grantsFile(env.GRANTS_FILE, () => {}).current();
    const may = (right: string) => grants.grants.some((grant) => grant.may.some((each) => each === right));
    const missing = ['check', 'approve'].filter((right) => !may(right));
    const nobody = missing.map((right): Finding => {
      return { area, state: 'note', says: `GRANTS_FILE lets nobody ${right}: an empty list allows nobody.` };
    });
    return {
      grants,
      findings: [{ area, state: 'ok', says: `GRANTS_FILE has ${grants.grants.length} grants.` }, ...nobody],
    };
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    return { grants: null, findings: [{ area, state: 'wrong', says: error.message }] };
  }
}
