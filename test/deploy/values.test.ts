import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { helm, leastValues, refusalOf, render, type Values } from '../helpers/chart.ts';

describe.skipIf(!helm.isThere)(`deploy/values${helm.note}`, () => {
  it.each`
    missing                                 | change                                                                                      | sentence
    ${'the image'}                          | ${{ image: {} }}                                                                            | ${'image.repository is not set: push what deploy/Dockerfile builds'}
    ${'Slack’s tokens'}                     | ${{ slack: {} }}                                                                            | ${'slack.existingSecret is not set: name a Secret with bot-token and app-token'}
    ${'Slack’s tokens for HTTP'}            | ${{ slack: { mode: 'http' } }}                                                              | ${'a Secret with bot-token and signing-secret'}
    ${'the key of decisions'}               | ${{ decision: {} }}                                                                         | ${'decision.existingSecret is not set'}
    ${'the address of Redis'}               | ${{ redis: {} }}                                                                            | ${'redis.existingSecret is not set: name a Secret with url'}
    ${'the password of Redis'}              | ${{ redis: { enabled: true } }}                                                             | ${'redis.existingSecret is not set: name a Secret with password'}
    ${'one place for the grants'}           | ${{ grantsConfigMap: 'x', grants: [{ users: ['U1'], namespaces: ['*'], may: ['check'] }] }} | ${'keep the grants in one place'}
    ${'a life within the maximum'}          | ${{ policy: { ttlMinutes: 300 } }}                                                          | ${'ttlMinutes is more than policy.maxMinutes'}
    ${'a use for an Ingress'}               | ${{ bot: { ingress: { enabled: true } } }}                                                  | ${'needs slack.mode=http'}
    ${'the image for pods without a shell'} | ${{ ephemeralContainers: { enabled: true } }}                                               | ${'ephemeralContainers.image is not set'}
    ${'the namespace of debug pods'}        | ${{ debugPods: { enabled: true, image: 'x' } }}                                             | ${'debugPods needs image and namespace'}
    ${'another namespace than ours'}        | ${{ debugPods: { enabled: true, image: 'x', namespace: 'ipv6check' } }}                     | ${'is the release’s own'}
    ${'rights where the kubeconfig leads'}  | ${{ kubeconfig: { existingSecret: 'x' } }}                                                  | ${'belong into that other cluster'}
    ${'values that exist'}                  | ${{ probber: {} }}                                                                          | ${'probber'}
    ${'a cluster that can be typed'}        | ${{ cluster: 'Prod:1' }}                                                                    | ${'cluster'}
    ${'a number of replicas'}               | ${{ bot: { replicas: 'two' } }}                                                             | ${'replicas'}
    ${'a grant that says what for'}         | ${{ grants: [{ users: ['U1'], namespaces: ['*'] }] }}                                       | ${'may'}
    ${'a life that the product would take'} | ${{ policy: { maxMinutes: 20_000 } }}                                                       | ${'maxMinutes'}
  `('refuses to render without $missing, and says so', ({ change, sentence }) => {
    const said = refusalOf({ ...leastValues, ...change })?.replaceAll("'", '’');

    expect(said).toContain(sentence);
  });

  it('renders what the page on installing shows', () => {
    const page = readFileSync('docs/install.md', 'utf8');
    const [first, further] = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(
      ([, text]) => parse(text ?? '') as Values,
    );

    expect(render(first!).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Tier', 'StatefulSet', 'Deployment']),
    );
    const stage = render({ ...first, ...further, decision: first!.decision });
    expect(stage.map(({ metadata }) => metadata.name)).not.toContain('ipv6check-bot');
  });
});
