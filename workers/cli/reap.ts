import { parseArgs } from 'node:util';
import { systemClock } from '../../src/adapters/clock.ts';
import { jsonLog } from '../../src/adapters/log.ts';
import { readProbeSettings } from '../../src/config.ts';
import { BotError } from '../../src/errors.ts';
import { objectName } from '../../src/remediation/manifest.ts';
import { connectCluster } from '../adapters/kubernetes.ts';
import { expiredEnder } from '../processors/expired.ts';
import { type Command, exitCodes, type Terminal } from './terminal.ts';

/** Ends every temporary policy whose time is over. It needs the cluster and nothing else: no Redis, no Slack. */
export const reapCommand: Command = async (words, terminal) => {
  const options = optionsFrom(words, terminal.env);
  if (typeof options === 'string') {
    terminal.err(`ipv6check reap: ${options}\n`);
    return exitCodes.usage;
  }
  const { policy } = readProbeSettings(terminal.env);
  const connected = await connectCluster({ name: 'reaper', maxInFlight: 1, ...options });
  try {
    const log = jsonLog('info', { role: 'reaper' }, { write: (line) => terminal.out(line) });
    const { writer } = connected;
    const ender = expiredEnder({ writer, clock: systemClock, maximumMinutes: policy.maximumMinutes, log });
    const ended = await ender.endExpired();
    if (!ended) throw new BotError('CLUSTER_UNAVAILABLE', 'our policies could not be listed');
    const { seen, removed, failed } = ended;
    log.info({ seen: seen.length, removed: removed.map(objectName), failed: failed.map(objectName) }, 'reaped');
    return failed.length === 0 ? 0 : 1;
  } finally {
    await connected.close();
  }
};

type Options = { readonly kubeconfig?: string; readonly context?: string };

function optionsFrom(words: readonly string[], env: Terminal['env']): Options | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { kubeconfig: { type: 'string' }, context: { type: 'string' } },
    });
    const { kubeconfig = env.KUBECONFIG || undefined, context = env.KUBE_CONTEXT || undefined } = values;
    return {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
