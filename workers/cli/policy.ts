import { createReadStream } from 'node:fs';
import { type Cluster, clusterOf } from '../../src/policy/cluster.ts';
import type { Manifests } from '../../src/policy/manifests.ts';
import { answerOf, answerText, exitCodeOf, unanswered } from './policy/answer.ts';
import { diff } from './policy/diff.ts';
import { manifestsAt } from './policy/files.ts';
import { linesOf } from './policy/lines.ts';
import { optionsFrom } from './policy/options.ts';
import { answerTo, askedIn } from './policy/query.ts';
import { type Command, exitCodes, type Terminal } from './terminal.ts';

/** What policies say of egress, from manifests alone. Exit 0 allowed, 1 denied, 2 doubtful. */
export const policyCommand: Command = async (words, terminal, signal) => {
  const options = optionsFrom(words);
  if (typeof options === 'string') return refuse(terminal, options);
  const { task, manifests, calicoVersion, isJson } = options;
  const read = await readAt(manifests, '--manifests');
  if (typeof read === 'string') return refuse(terminal, read);
  if (task.kind === 'diff') {
    const added = await readAt(task.add, '--add');
    const removed = await readAt(task.remove, '--remove');
    if (typeof added === 'string') return refuse(terminal, added);
    if (typeof removed === 'string') return refuse(terminal, removed);
    return diff(read, { added, removed }, calicoVersion, isJson, terminal);
  }
  const cluster = clusterOf(read, calicoVersion);
  if (task.kind === 'queries') return answerQueries(cluster, task.file, terminal, signal);
  const answer = answerOf(answerTo(cluster, task.asked));
  terminal.out(isJson ? `${JSON.stringify(answer, null, 2)}\n` : answerText(answer));
  return exitCodeOf(answer);
};

function refuse({ err }: Terminal, sentence: string): number {
  err(`ipv6check policy: ${sentence}\n`);
  return exitCodes.usage;
}

async function readAt(paths: readonly string[], word: string): Promise<Manifests | string> {
  try {
    return await manifestsAt(paths);
  } catch (error) {
    return `${word}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** One answer for each line, in their order, each as soon as its line is there. */
async function answerQueries(cluster: Cluster, file: string, terminal: Terminal, signal: AbortSignal): Promise<number> {
  let number = 0;
  try {
    for await (const line of linesOf(file === '-' ? terminal.input : createReadStream(file))) {
      signal.throwIfAborted();
      number += 1;
      terminal.out(`${JSON.stringify(answerToLine(cluster, line, number))}\n`);
    }
  } catch (error) {
    // Nothing was answered yet, so that the file is not there is still to be said as usage.
    const isFile = file !== '-' && error instanceof Error && 'code' in error && number === 0;
    if (isFile) return refuse(terminal, `--queries: ${error.message}`);
    throw error;
  }
  return 0;
}

function answerToLine(cluster: Cluster, line: string, number: number) {
  let query: unknown;
  try {
    query = JSON.parse(number === 1 ? line.replace(/^\uFEFF/, '') : line);
  } catch {
    return unanswered(`line ${number} is not JSON`);
  }
  if (typeof query !== 'object' || query === null || Array.isArray(query)) {
    return unanswered(`line ${number} is no object with from and to`);
  }
  const asked = askedIn({ from: undefined, to: undefined, ...query });
  return typeof asked === 'string' ? unanswered(`line ${number}: ${asked}`) : answerOf(answerTo(cluster, asked));
}
