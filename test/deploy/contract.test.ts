import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/contract.ts';
import type { Layer } from '../../src/remediation/manifest.ts';
import { nodeScript, podScript } from '../../workers/probes/scripts.ts';
import { helm, leastValues, render, type Values } from '../helpers/chart.ts';
import {
  debugImage,
  debugPod,
  ephemeral,
  podIn,
  probeImage,
  wrongDebugPods,
  wrongEphemerals,
} from '../helpers/pod-cases.ts';
import { born, copyOf, crossings, layers, ours, resourceOf, wishes } from '../helpers/policy-cases.ts';
import { pathOf, type RealCluster, realCluster } from '../helpers/real-cluster.ts';

const kubeconfig = process.env.CONTRACT_KUBECONFIG ?? '';
const isThere = helm.isThere && kubeconfig !== '';
const note = kubeconfig === '' ? ' (skipped: CONTRACT_KUBECONFIG names no cluster)' : helm.note;

/** Of its own, so that a chart which is installed already is not touched. */
const release = `contract-${randomBytes(3).toString('hex')}`;
const account = (name: string) => `system:serviceaccount:ipv6check:${release}-ipv6check-${name}`;
const home = `${release}-shop`;
const debugHome = `${release}-debug`;
const values: Values = {
  ...leastValues,
  ephemeralContainers: { enabled: true, image: probeImage },
  debugPods: { enabled: true, image: debugImage, namespace: debugHome },
};
const label = 'app.kubernetes.io/managed-by';

let cluster: RealCluster;
const made: KubeObject[] = [];
let served: ReadonlySet<Layer> = new Set();
/** From the time of the cases to the server's. */
let shiftMs = 0;

/** The same object in our namespace and at the server's time. */
function here(object: unknown, moreMs = 0): KubeObject {
  const text = JSON.stringify(object).replaceAll('"shop"', JSON.stringify(home));
  const moved = text.replaceAll(/"(2026-01-12T[\d:]{8}Z)"/g, (_, time: string) =>
    JSON.stringify(new Date(Date.parse(time) + shiftMs + moreMs).toISOString().replace(/\.\d+Z/, 'Z')),
  );
  const { creationTimestamp: _, ...metadata } = (JSON.parse(moved) as KubeObject).metadata;
  return { ...(JSON.parse(moved) as KubeObject), metadata };
}

const writer = account('writer');
const dryRun = '?dryRun=All&fieldValidation=Strict';
const patch = (object: KubeObject, body: unknown, as: string) =>
  cluster.ask('PATCH', `${pathOf(object)}/${object.metadata.name}`, { as, body, type: 'application/merge-patch+json' });
const exec = (container: string, argv: readonly string[], namespace = home) => {
  const words = argv.map((word) => `command=${encodeURIComponent(word)}`).join('&');
  const path = `/api/v1/namespaces/${namespace}/pods/nobody/exec?stdout=true&container=${container}&${words}`;
  return cluster.ask('POST', path, { as: account('prober') });
};

beforeAll(async () => {
  if (!isThere) return;
  cluster = realCluster(kubeconfig);
  const kinds = /^((Cluster)?Role(Binding)?|ValidatingAdmissionPolicy(Binding)?)$/;
  const wanted: KubeObject[] = [
    ...[home, debugHome].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...render(values, release).filter(({ kind }) => kinds.test(kind)),
  ];
  for (const object of wanted) {
    const { status, message } = await cluster.create(object, undefined, '?fieldValidation=Strict');
    if (status !== 201) throw new Error(`${object.kind} ${object.metadata.name}: ${status} ${message}`);
    made.push(object);
  }
  // A controller makes them, where one runs.
  for (const place of [home, debugHome]) {
    await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: place } });
  }
  const found = await Promise.all(
    layers.map(async (layer) => {
      const { group, version, resource } = resourceOf(layer);
      return (await cluster.serves(group, version, resource)) ? [layer] : [];
    }),
  );
  served = new Set(found.flat());
  const { date } = await cluster.ask('GET', '/version');
  shiftMs = date.getTime() - born.getTime();

  // A policy acts about a second after its binding is there.
  const deadline = Date.now() + 20_000;
  const endless = copyOf(ours('network-policy'));
  endless.metadata.annotations = {};
  const broad = copyOf(ours('network-policy'));
  broad.spec.podSelector = {};
  const isFenced = async () => {
    const answers = await Promise.all([
      ...[endless, broad].map((object) => cluster.create(here(object), writer, dryRun)),
      exec('app', ['id']),
    ]);
    return answers.every(({ status }) => status === 403 || status === 422);
  };
  while (!(await isFenced())) {
    if (Date.now() > deadline) throw new Error('the admission policies do not act');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}, 60_000);

afterAll(async () => {
  for (const object of made.toReversed()) await cluster.remove(object);
}, 60_000);

const everyWish = Object.entries(wishes).flatMap(([what, wish]) => layers.map((layer) => ({ what, layer, wish })));

describe.skipIf(!isThere)(`deploy/contract${note}`, () => {
  it('finds nothing in the policies that does not compile', async () => {
    for (const { metadata } of made.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${metadata.name}`;
      const { body } = await cluster.ask('GET', path);
      const { typeChecking } = (body.status ?? {}) as { typeChecking?: { expressionWarnings?: unknown[] } };

      expect([metadata.name, typeChecking?.expressionWarnings ?? []]).toEqual([metadata.name, []]);
    }
  });

  it.for(everyWish)('takes $what ($layer), longer and away', async ({ layer, wish }, { skip }) => {
    skip(!served.has(layer), 'not served here');
    const object = here(ours(layer, wish));
    const created = await cluster.create(object, writer, '?fieldValidation=Strict');
    expect(created).toMatchObject({ status: 201 });

    const end = (minutes: number) => ({
      metadata: {
        annotations: {
          'ipv6check.dev/expires-at': new Date(born.getTime() + shiftMs + minutes * 60_000)
            .toISOString()
            .replace(/\.\d+Z/, 'Z'),
        },
      },
    });
    expect(await patch(object, end(239), writer)).toMatchObject({ status: 200 });
    expect(await patch(object, end(245), writer)).toMatchObject({
      status: 403,
      message: expect.stringContaining('not within 240 minutes'),
    });
    expect(await patch(object, { metadata: { labels: { [label]: null } } }, writer)).toMatchObject({ status: 403 });
    expect((await patch(object, { spec: { egress: null } }, writer)).status).toBeGreaterThanOrEqual(400);
    expect(await cluster.remove(object, writer)).toMatchObject({ status: 200 });
  });

  it.for(crossings)('refuses an object $what ($layer)', async ({ layer, spoil, words, what }, { skip }) => {
    skip(!served.has(layer), 'not served here');
    const object = copyOf(ours(layer));
    spoil(object);
    // The server's clock has gone on since it was asked.
    const late = what.includes('too long') ? 60_000 : 0;
    const { status, message } = await cluster.create(here(object, late), writer, dryRun);

    expect([403, 422, 400]).toContain(status);
    // What the kind's own schema refuses does not get as far as our rules.
    if (/ValidatingAdmissionPolicy/.test(message)) expect(message).toMatch(words);
    else expect(message).toMatch(/is invalid|strict decoding|Required value/);
  });

  it.each(['writer', 'reaper'])('lets the %s neither take over nor delete what is somebody else’s', async (who) => {
    const { metadata, ...rest } = here(ours('network-policy'));
    const theirs = { ...rest, metadata: { name: `${who}-wants-it`, namespace: home } } as KubeObject;
    expect(await cluster.create(theirs)).toMatchObject({ status: 201 });

    expect(await cluster.remove(theirs, account(who))).toMatchObject({ status: 403 });
    const claimed = await patch(theirs, { metadata: { labels: metadata.labels } }, account(who));
    expect(claimed).toMatchObject({ status: 403 });
    expect(await cluster.remove(theirs)).toMatchObject({ status: 200 });
  });

  it('lets the reaper delete ours, with an end and without', async () => {
    for (const annotations of [undefined, {}]) {
      const object = here(ours('network-policy'));
      const stripped =
        annotations === undefined ? object : { ...object, metadata: { ...object.metadata, annotations } };
      expect(await cluster.create(stripped)).toMatchObject({ status: 201 });
      expect(await cluster.remove(stripped, account('reaper'))).toMatchObject({ status: 200 });
    }
  });

  it('lets nobody else feel anything', async () => {
    const bare = { ...here(ours('network-policy')), metadata: { name: 'anybody', namespace: home } };
    expect(await cluster.create(bare, undefined, dryRun)).toMatchObject({ status: 201 });
  });

  it('lets the prober run our scripts and nothing else', async () => {
    const words = ['ipv6check', '0123456789abcdef01', '4'];
    // Past admission there is no such pod.
    expect(await exec('app', ['sh', '-c', podScript, ...words, '6:3:443:2001:db8::1'])).toMatchObject({ status: 404 });
    const onNode = ['sh', '-c', nodeScript, ...words, '20', '-', '6:2:443:2001:db8::1'];
    expect(await exec('calico-node', onNode, 'kube-system')).toMatchObject({ status: 404 });

    for (const [container, argv, namespace] of [
      ['app', ['sh'], home],
      ['app', ['sh', '-c', `${podScript}\nid`, ...words], home],
      ['app', ['sh', '-c', podScript, ...words, '6:3:443:$(id)'], home],
      ['app', onNode, home],
      ['etcd', onNode, 'kube-system'],
      ['coredns', ['sh', '-c', podScript, ...words], 'kube-system'],
    ] as const) {
      const refused = await exec(container, argv, namespace);
      expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('ValidatingAdmissionPolicy') });
    }
  });

  it('lets the prober add the probe’s container to a pod, and nothing else', async () => {
    const pod = podIn(home, 'subject');
    expect(await cluster.create(pod)).toMatchObject({ status: 201 });
    const add = (container: Readonly<Record<string, unknown>>) =>
      cluster.ask('PATCH', `${pathOf(pod)}/subject/ephemeralcontainers?dryRun=All`, {
        ...{ as: account('prober'), type: 'application/strategic-merge-patch+json' },
        body: { spec: { ephemeralContainers: [container] } },
      });

    for (const [what, container] of Object.entries(wrongEphemerals)) {
      expect([what, await add(container)]).toMatchObject([what, { status: 403 }]);
    }
    expect(await add(ephemeral)).toMatchObject({ status: 200 });
  });

  it('lets the prober make a debug pod in its namespace, and no other pod', async () => {
    const make = (pod: KubeObject) => cluster.create(pod, account('prober'), '?dryRun=All');

    expect(await make(debugPod(debugHome))).toMatchObject({ status: 201 });
    expect(await make(debugPod(home))).toMatchObject({ status: 403 });
    for (const [what, change] of Object.entries(wrongDebugPods)) {
      const { status, message } = await make(debugPod(debugHome, change));
      expect([what, status, message]).toEqual([what, 403, expect.stringContaining('ValidatingAdmissionPolicy')]);
    }
  });
});
