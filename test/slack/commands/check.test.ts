import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseRequest } from '../../../src/jobs/parse-target.ts';
import { requestText, startCheck } from '../../../src/slack/commands/check.ts';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';

const responseUrl = 'https://hooks.example/commands/secret';
const asker = { user: 'U0ASKER', teamId: 'T0HOME', channel: 'C0INCIDENT', responseUrl };
const target = { kind: 'pod', namespace: 'shop', name: 'checkout' } as const;
const request = { cluster: null, target, destination: null };

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

describe('slack/commands/check', () => {
  it('takes the first cluster where none was named', async () => {
    expect(await startCheck(world.deps, asker, request)).toBeNull();

    expect(world.jobs.take('diagnose').queue).toBe('probe-lab');
  });

  it('remembers the run before a prober can take it, and keeps the response_url out of queue and log', async () => {
    await startCheck(world.deps, asker, request);

    const [run] = world.runs.runs.values();
    const job = world.jobs.take('diagnose');
    expect(run).toEqual({
      ...{ id: expect.any(String), channel: 'C0INCIDENT', requestedBy: 'U0ASKER', responseUrl, cardTs: null },
      ...{ replies: {}, request: 'lab:shop/checkout' },
    });
    expect(job.payload).toMatchObject({ requestId: run?.id });
    expect(JSON.stringify([job, world.lines])).not.toContain('hooks.example');
    expect(world.lines).toContainEqual(expect.objectContaining({ msg: 'check asked for', requestId: run?.id }));
  });

  it.each`
    what                              | change
    ${'somebody of another team'}     | ${{ teamId: 'T0PARTNER' }}
    ${'somebody of no known team'}    | ${{ teamId: undefined }}
    ${'an externally shared channel'} | ${{ channel: 'C0SHARED' }}
    ${'somebody without a grant'}     | ${{ user: 'U0NOBODY' }}
  `('starts nothing for $what, and remembers nothing', async ({ change }) => {
    const refused = await startCheck(world.deps, { ...asker, ...change }, request);

    expect(refused).toMatch(/\w/);
    expect(world.jobs.waiting).toEqual([]);
    expect(world.runs.runs.size).toBe(0);
  });

  it('refuses a cluster that is not here, whatever its name', async () => {
    const refused = await startCheck(world.deps, asker, { ...request, cluster: 'constructor' });

    expect(refused).toContain('There is no cluster "constructor" here.');
    expect(world.jobs.waiting).toEqual([]);
  });

  it('says why when the queue does not take the job', async () => {
    world.jobs.isDown = true;

    expect(await startCheck(world.deps, asker, request)).toBe('Redis does not answer');
  });

  it('writes a request so that the same parser reads the same from it', () => {
    const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
    const subject = fc.oneof(
      fc.record({ kind: fc.constant('pod' as const), namespace: name, name }),
      fc.record({
        ...{ kind: fc.constant('workload' as const), namespace: name, name },
        workload: fc.constantFrom('deploy', 'sts', 'ds', 'job'),
      }),
    );
    const host = fc.oneof(fc.constantFrom('example.com', '2001:db8::1', '::', 'fd00::7'));
    const destination = fc.option(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }));

    fc.assert(
      fc.property(name, subject, destination, (cluster, subjectOfIt, to) => {
        // A namespace of this name reads as the prefix of a node.
        fc.pre(!['node', 'nodes'].includes(subjectOfIt.namespace));

        expect(parseRequest(requestText(cluster, subjectOfIt, to))).toEqual({
          ...{ ok: true, cluster, target: subjectOfIt, destination: to },
        });
      }),
    );
  });
});
