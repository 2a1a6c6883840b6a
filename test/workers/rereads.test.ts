import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/contract.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { reprober } from '../../workers/reprobe.ts';
import { rereads } from '../../workers/rereads.ts';
import { aReport } from '../helpers/builders.ts';
import { type CheckableLab, startCheckableLab } from '../helpers/lab-cluster.ts';

type Stored = Parameters<ReturnType<typeof rereads>['harmOf']>[0];

const never = new AbortController().signal;
const id = 'rabcdefghijklmnopqrs';

/** Admits everything over IPv6; beside the fault's policy it opens what that one shuts. */
const opening = (name: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }] },
});

describe('workers/rereads', () => {
  let lab: CheckableLab;
  let subject: Remediation['subject'];
  let destinations: Remediation['destinations'];
  let reading: ReturnType<typeof rereads>;
  let reprobe: ReturnType<typeof reprober>;

  beforeAll(async () => {
    lab = await startCheckableLab({ seed: 61, fault: 'k8s-np-ipv4-only-ipblock' });
    const { cluster } = await lab.connect('prober');
    const anchors = { anchorsIpv6: ['2001:db8::1'], anchorsIpv4: ['192.0.2.1'], anchorPort: 443 };
    const resolve = async () => ['2001:db8:a::1'];
    reading = rereads({ cluster, anchors, resolve });
    reprobe = reprober({ cluster, clock: systemClock });
    const { namespace, pod } = lab.world.subject;
    const object = lab.cluster.objects('Pod').find(({ metadata }) => metadata.name === pod);
    subject = { namespace, pod, uid: object!.metadata.uid! };
    destinations = lab.world.anchors.flatMap(({ ipv6, ipv4, port }) => [
      { family: 6 as const, address: ipv6, port },
      { family: 4 as const, address: ipv4, port },
    ]);
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    for (const object of lab.cluster.objects('NetworkPolicy')) {
      if (/^(ours|theirs)$/.test(object.metadata.name)) {
        await lab.cluster.remove(object as Parameters<typeof lab.cluster.remove>[0]);
      }
    }
  });

  const remediation = (): Remediation =>
    ({
      ...{ id, subject, destinations },
      manifest: opening('ours'),
    }) as unknown as Remediation; // what admitsWithoutOurs looks at, and no more

  it('reads the pod, its workload, its neighbours and the policies for a plan', async () => {
    const read = await reading.readForPlan(id, subject, never);

    expect(read).toMatchObject({ ok: true, pod: { name: subject.pod, workload: { kind: 'Deployment' } } });
    expect(read.ok && read.pods.length).toBeGreaterThan(3);
    expect(read.ok && read.policies.objects.some(({ kind }) => kind === 'NetworkPolicy')).toBe(true);
  });

  it('makes no plan for a pod that took the other’s name, or is gone', async () => {
    const another = await reading.readForPlan(id, { ...subject, uid: 'another' }, never);
    const gone = await reading.readForPlan(id, { ...subject, pod: 'gone' }, never);

    for (const read of [another, gone]) expect(read).toMatchObject({ ok: false, sentence: /Run the check again/ });
  });

  it('throws what may pass, so that the step is tried again', async () => {
    lab.cluster.trouble.failNext(3, 'unavailable', /GET .*\/pods\//);

    await expect(reading.readForPlan(id, subject, never)).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
  }, 15_000);

  it.each`
    stands                | answer
    ${[]}                 | ${false}
    ${['ours']}           | ${false}
    ${['ours', 'theirs']} | ${true}
  `('says $answer when $stands stand', async ({ stands, answer }) => {
    for (const name of stands) await lab.cluster.apply(opening(name));

    expect(await reading.admitsWithoutOurs(remediation(), never)).toBe(answer);
  });

  it('does not know what is admitted for a pod that is gone', async () => {
    const gone = { ...remediation(), subject: { ...subject, uid: 'another' } };

    expect(await reading.admitsWithoutOurs(gone, never)).toBeNull();
  });

  it('sees when ours has become the only policy that isolates', async () => {
    const ours = await lab.cluster.apply(opening('ours'));
    expect(await reading.harmOf(ours as Stored, never)).toContain('the only policy that isolates');

    const isolating = { ...opening('theirs'), spec: { podSelector: {}, policyTypes: ['Egress'] } };
    await lab.cluster.apply(isolating);
    expect(await reading.harmOf(ours as Stored, never)).toBeNull();
  });

  it('has nothing to say of harm where it cannot read, and of layers that never isolate', async () => {
    const ours = await lab.cluster.apply(opening('ours'));
    lab.cluster.trouble.failNext(1, 'server-error', /GET .*shop\/pods$/);
    expect(await reading.harmOf(ours as Stored, never)).toBeNull();
    expect(await reading.harmOf(ours as Stored, never)).not.toBeNull();

    const inTier = { ...ours, apiVersion: 'projectcalico.org/v3' };
    expect(await reading.harmOf(inTier as Stored, never)).toBeNull();
  });

  it('resolves the destinations of a report again', async () => {
    const report = aReport();
    const named = { ...report, request: { ...report.request, destination: 'api.example:8443' } };

    expect(await reading.destinationsOf({ ...report, request: { ...report.request, destination: null } })).toEqual([
      { family: 6, address: '2001:db8::1', port: 443 },
      { family: 4, address: '192.0.2.1', port: 443 },
    ]);
    expect((await reading.destinationsOf(named))[0]).toEqual({ family: 6, address: '2001:db8:a::1', port: 8443 });
  });

  it('probes again from the pod alone, and sees what the packets do', async () => {
    const before = await reprobe(subject, destinations, never);
    await lab.cluster.apply(opening('theirs'));
    const after = await reprobe(subject, destinations, never);

    expect(before).toMatchObject({ problem: null, ipv6: { connected: 0, of: 6 }, ipv4: { connected: 6, of: 6 } });
    expect(after).toMatchObject({ problem: null, ipv6: { connected: 6, of: 6 }, ipv4: { connected: 6, of: 6 } });
  });

  it.each`
    change                | words
    ${{ pod: 'gone' }}    | ${'cannot be read'}
    ${{ uid: 'another' }} | ${'replaced'}
  `('proves nothing of a pod that is not there ($change)', async ({ change, words }) => {
    const verification = await reprobe({ ...subject, ...change }, destinations, never);

    expect(verification).toMatchObject({ ipv6: { connected: 0, of: 0 }, problem: expect.stringContaining(words) });
  });
});
