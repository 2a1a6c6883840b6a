import { writeFileSync } from 'node:fs';
import { causes } from '../src/diagnosis/causes.ts';
import { checks } from '../src/diagnosis/registry.ts';
import { stages } from '../src/diagnosis/stages.ts';

/** The table of every cause that can be named, in the order of the packet's way. */
export function causesPage(): string {
  const rows = stages.flatMap(({ id, title }) =>
    Object.entries(causes)
      .filter(([, { stage }]) => stage === id)
      .map(([cause, { says, policyIsCause }]) => {
        const owner = checks.find((check) => check.causes.some((each) => each === cause))?.id ?? '';
        return `| \`${cause}\` | ${title} | ${says} | ${policyIsCause} | [${owner}](checks/${owner}.md) |`;
      }),
  );
  return [
    '# Every cause that a verdict can name',
    '',
    'Made by `node scripts/run.mjs scripts/causes.ts` from the code, and held to it by a test. Ids are public and stay.',
    '',
    '| cause | where | what it means | a policy? | the check that names it |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(new URL('../docs/causes.md', import.meta.url), causesPage());
