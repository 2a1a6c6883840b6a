import type { Message } from '../../ports.ts';
import { revokePolicy } from '../actions/revoke.ts';
import { authorise, type Judgement } from '../authorise.ts';
import { type Asker, type BotDeps, repeatSeconds, type Typed } from '../deps.ts';
import { activeMessage } from '../views/active.ts';
import { helpMessage } from '../views/help.ts';
import { refusalMessage } from '../views/refusal.ts';
import { startCheck } from './check.ts';
import { parseCommand } from './parse.ts';

/** The answer that this person alone gets at once; null when the card is the answer. */
export async function handleCommand(deps: BotDeps, asker: Typed, text: string): Promise<Message | null> {
  const command = parseCommand(text);
  switch (command.kind) {
    case 'help':
      return helpMessage(deps.clusters);
    case 'wrong':
      return refusalMessage(command.problem);
    case 'check': {
      if (!(await deps.claims.claimOnce(`command-${asker.triggerId}`, repeatSeconds))) return null;
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
  // Once for each place: every question costs calls to Slack, which counts them.
  const asked = new Map<string, Promise<Judgement>>();
  const judged = await Promise.all(
    open.map(async (remediation) => {
      const { cluster, subject } = remediation;
      const { namespace } = subject;
      const place = `${cluster}:${namespace}`;
      const judging = asked.get(place) ?? authorise(deps, asker, { cluster, namespace }, 'check');
      asked.set(place, judging);
      return { remediation, judgement: await judging };
    }),
  );
  const unheard = judged.find(({ judgement }) => !judgement.ok && judgement.isSilence);
  // A list that may be too short reads like "there is nothing".
  if (unheard && !unheard.judgement.ok) return refusalMessage(unheard.judgement.reason);
  return activeMessage(judged.flatMap(({ remediation, judgement }) => (judgement.ok ? [remediation] : [])));
}
