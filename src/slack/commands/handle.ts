import type { Message } from '../../ports.ts';
import { revokePolicy } from '../actions/revoke.ts';
import { authorise } from '../authorise.ts';
import type { Asker, BotDeps } from '../deps.ts';
import { activeMessage } from '../views/active.ts';
import { helpMessage } from '../views/help.ts';
import { refusalMessage } from '../views/refusal.ts';
import { startCheck } from './check.ts';
import { parseCommand } from './parse.ts';

/** The answer that this person alone gets at once; null when the card is the answer. */
export async function handleCommand(deps: BotDeps, asker: Asker, text: string): Promise<Message | null> {
  const command = parseCommand(text);
  switch (command.kind) {
    case 'help':
      return helpMessage(deps.clusters);
    case 'wrong':
      return refusalMessage(command.problem);
    case 'check': {
      const problem = await startCheck(deps, asker, command.request);
      return problem === null ? null : refusalMessage(problem);
    }
    case 'active':
      return listActive(deps, asker);
    case 'revoke':
      return refusalMessage(await revokePolicy(deps, asker, command.id));
  }
}

/** Only what this person may check: that a policy exists says something about a namespace. */
async function listActive(deps: BotDeps, asker: Asker): Promise<Message> {
  const open = (await deps.remediations.open()).filter(({ cluster }) => deps.clusters.includes(cluster));
  const judged = await Promise.all(
    open.map(async (remediation) => {
      const { cluster, subject } = remediation;
      const allowed = await authorise(deps, asker, { cluster, namespace: subject.namespace }, 'check');
      return allowed.ok ? [remediation] : [];
    }),
  );
  return activeMessage(judged.flat());
}
