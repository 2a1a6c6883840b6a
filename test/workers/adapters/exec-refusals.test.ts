import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterSession, ExecOptions, ExecOutcome } from '../../../src/ports.ts';
import type { ConnectedCluster } from '../../../workers/adapters/kubernetes.ts';
import { type Lab, startLab } from '../../lab/cluster/stand-in.ts';
import { connectedBy } from './connecting.ts';

const target = { namespace: 'shop', pod: 'checkout-1', container: 'app' };
const defaults: ExecOptions = { deadlineMs: 10_000, maxBytes: 1_000_000, endMarker: '@@n end' };

let lab: Lab;
let connected: ConnectedCluster;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());
beforeEach(async () => {
  lab.cluster.trouble.exec = undefined;
  connected = await connectedBy(lab.cluster.kubeconfig('prober'));
});
afterEach(() => connected.close());

const session = (by = connected): ClusterSession => by.cluster.session('r1', new AbortController().signal);
const ended = (
  argv: readonly string[],
  { by, pod = target.pod }: { readonly by?: ConnectedCluster; readonly pod?: string } = {},
): Promise<ExecOutcome> => session(by).exec({ ...target, pod }, argv, defaults).done;

describe('workers/adapters/exec-refusals', () => {
  it.each`
    situation                    | over                                 | status | detail
    ${'an unknown container'}    | ${{ container: 'nope' }}             | ${400} | ${'container nope is not valid for pod checkout-1'}
    ${'a pod without a node'}    | ${{ pod: 'unscheduled' }}            | ${400} | ${'pod unscheduled does not have a host assigned'}
    ${'a pod that is not there'} | ${{ pod: 'gone' }}                   | ${404} | ${'pods "gone" not found'}
    ${'a namespace not there'}   | ${{ namespace: 'no', pod: 'p' }}     | ${404} | ${'pods "p" not found'}
    ${'a finished pod'}          | ${{ pod: 'finished' }}               | ${500} | ${'container not found ("app")'}
    ${'a crash-looping one'}     | ${{ pod: 'multi', container: 'nt' }} | ${500} | ${'container not found ("nt")'}
  `('is refused with the words of the API for $situation', async ({ over, status, detail }) => {
    const outcome = await session().exec({ ...target, ...over }, ['true'], defaults).done;

    expect(outcome).toEqual({ kind: 'refused', status, detail });
  });

  it.each`
    trouble           | detail
    ${'kubelet-down'} | ${'error dialing backend: dial tcp node1:10250: connect: connection refused'}
    ${'runtime-down'} | ${/^rpc error: code = Unavailable desc = .*containerd\.sock: connect: connection refused/}
  `('is refused with the words of the API when the node is $trouble', async ({ trouble, detail }) => {
    lab.cluster.trouble.exec = trouble;

    expect(await ended(['true'])).toEqual({ kind: 'refused', status: 500, detail: expect.stringMatching(detail) });
  });

  it.each`
    user        | status | detail
    ${'reader'} | ${403} | ${/^pods "checkout-1" is forbidden: User ".*ipv6check-reader" cannot get resource "pods\/exec"/}
    ${'nobody'} | ${403} | ${/cannot get resource "pods\/exec" in API group "" in the namespace "shop"/}
  `('is refused for $user, who may not', async ({ user, status, detail }) => {
    const by = await connectedBy(lab.cluster.kubeconfig(user));

    expect(await ended(['true'], { by })).toEqual({ kind: 'refused', status, detail: expect.stringMatching(detail) });
    await by.close();
  });

  it('is refused with a token that nobody knows', async () => {
    const by = await connectedBy(lab.cluster.kubeconfig('prober').replace(/token: "[^"]+"/, 'token: "wrong"'));

    expect(await ended(['true'], { by })).toEqual({ kind: 'refused', status: 401, detail: 'Unauthorized' });
    await by.close();
  });

  it('encodes names and arguments into the URL, and asks for nothing by dots', async () => {
    const before = lab.cluster.audit.length;
    const odd = await session().exec({ ...target, pod: '../x?y#z' }, ['a&b=c'], defaults).done;
    const dots = await session().exec({ ...target, pod: '..' }, ['true'], defaults).done;

    expect(odd).toMatchObject({ kind: 'refused' });
    expect(lab.cluster.auditSince(before).map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/shop/pods/..%2Fx%3Fy%23z/exec?container=app&command=a%26b%3Dc&stdin=true&stdout=true&stderr=true',
    ]);
    expect(dots).toEqual({ kind: 'transport-failed', detail: 'the pod has no name to ask for', stdout: '' });
  });

  it('says who asks', async () => {
    const before = lab.cluster.audit.length;
    await ended(['true']);

    expect(lab.cluster.auditSince(before)[0]?.userAgent).toMatch(/^ipv6check\/\S+ \(run r1\)$/);
  });

  it('names no credential, however it fails', async () => {
    const token = lab.config('prober').getCurrentUser()?.token ?? '';
    lab.cluster.trouble.exec = 'kubelet-down';
    const outcomes = [await ended(['true']), await ended(['true'], { pod: 'gone' })];
    await lab.cluster.trouble.refuseConnections(true);
    outcomes.push(await ended(['true']));
    await lab.cluster.trouble.refuseConnections(false);

    expect(token).not.toBe('');
    expect(inspect(outcomes, { depth: 20, showHidden: true })).not.toContain(token);
  });
});
