import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeScript, podScript } from '../workers/probes/scripts.ts';

/** The chart's copies of the probes' scripts: admission compares an exec with them to the letter. */
const [folder = 'deploy/chart/files'] = process.argv.slice(2);
writeFileSync(join(folder, 'pod-script.txt'), `${podScript}\n`);
writeFileSync(join(folder, 'node-script.txt'), `${nodeScript}\n`);
