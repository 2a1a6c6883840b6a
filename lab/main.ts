import { writeFileSync } from 'node:fs';
import { faults } from './network/faults.ts';
import { awaitBot, startSession } from './session.ts';

/** The lab alone: a cluster, a workspace and a Redis for processes that you start yourself. */
const words = process.argv.slice(2);
if (words.includes('--faults')) {
  for (const { id, summary } of faults) process.stdout.write(`${id}\t${summary}\n`);
  process.exit(0);
}

const wordAfter = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
const seed = wordAfter('--seed');
const session = await startSession({
  fault: wordAfter('--fault'),
  seed: seed === undefined ? undefined : Number(seed),
  without: words.includes('--with-product') ? [] : ['bot', 'probe', 'remediate'],
}).catch((error: unknown) => {
  process.stderr.write(`ipv6check lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(69);
});
if (words.includes('--with-product')) await awaitBot(session);

const settings = { ...session.env, IPV6CHECK_CLUSTER: session.clusterName, KUBECONFIG: session.kubeconfig.probe };
const path = `${session.folder}/lab.env`;
writeFileSync(
  path,
  `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`,
  { mode: 0o600 },
);
process.stdout.write(`The lab is up. Its settings are in ${path}\n`);
process.stdout.write(
  `  npm run -s ipv6check -- ${session.world.subject.namespace}/${session.world.subject.pod} --kubeconfig ${session.kubeconfig.probe}\n`,
);
process.stdout.write('Ctrl-C stops it.\n');
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void session.close().then(() => process.exit(0)));
