import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeScript, podScript } from '../workers/probes/scripts.ts';

/**
 * What the chart takes from elsewhere, for helm reads nothing outside of it: the probes' scripts, with which admission compares an
 * exec to the letter, the alerts and the dashboard.
 */
const [folder = 'deploy/chart/files'] = process.argv.slice(2);
writeFileSync(join(folder, 'pod-script.txt'), `${podScript}\n`);
writeFileSync(join(folder, 'node-script.txt'), `${nodeScript}\n`);
for (const name of ['alerts.yaml', 'dashboard.json']) copyFileSync(`deploy/observability/${name}`, join(folder, name));
