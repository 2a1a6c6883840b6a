import { describe, expect, it } from 'vitest';
import { evidenceSchemas } from '../../../src/evidence/evidence.ts';
import { framesOf } from '../../../workers/probes/frames.ts';
import { nodeSections, observations, podSections } from '../../../workers/probes/sections.ts';
import { missing } from './seeing.ts';

const keys = (prefix: string) => Object.keys(evidenceSchemas).filter((key) => new RegExp(`^${prefix}[A-Z]`).test(key));

describe('workers/probes/sections', () => {
  it.each`
    prefix    | sections
    ${'pod'}  | ${podSections}
    ${'node'} | ${nodeSections}
  `('provides each kind of the $prefix’s evidence once', ({ prefix, sections }) => {
    const provided = sections.map((section: (typeof podSections)[number]) => section.provides);

    expect(provided.toSorted()).toEqual(keys(prefix).toSorted());
  });

  it('lets what is missing or odd in one section cost no other', () => {
    const frames = framesOf('odd\n@@n links 0 1\nnameserver ::1\n@@n resolv 0 1\n', 'n');
    const bag = observations(podSections, { frames, missing, by: 'test' });

    expect(bag).toMatchObject({
      podLinks: { status: 'failed', code: 'UNPARSABLE' },
      podResolvers: { status: 'observed', value: ['::1'] },
      podRoutes: missing,
    });
  });
});
