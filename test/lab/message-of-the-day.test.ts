import { describe, expect, it } from 'vitest';
import type { KubeObject, World } from '../../lab/contract.ts';
import { messageOfTheDay } from '../../lab/message-of-the-day.ts';

const pod = (app: string, status: object, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: `${app}-1`, labels: { app } },
  spec,
  status: { phase: 'Running', ...status },
});
const ips = (...addresses: string[]) => ({ podIPs: addresses.map((ip) => ({ ip })) });
const both = ips('10.0.0.1', 'fd00::1');

const lineFor = (object: KubeObject, fault?: string): string | undefined => {
  const world: World = {
    seed: 1,
    fault,
    subject: { namespace: 'shop', pod: 'checkout-1', node: 'n1' },
    anchors: [],
    objects: [object],
  };
  return messageOfTheDay(world)
    .split('\n')
    .find((line) => line.includes(`shop/${object.metadata.labels?.app}`));
};

describe('lab/message-of-the-day', () => {
  it.each`
    app           | status                                                 | says
    ${'payments'} | ${both}                                                | ${'healthy'}
    ${'legacy'}   | ${ips('10.0.0.1')}                                     | ${'was never given IPv6'}
    ${'modern'}   | ${ips('fd00::1')}                                      | ${'has IPv6 and nothing else'}
    ${'static'}   | ${both}                                                | ${'no shell'}
    ${'waiting'}  | ${{ phase: 'Pending' }}                                | ${'not scheduled'}
    ${'finished'} | ${{ phase: 'Succeeded' }}                              | ${'finished'}
    ${'crashing'} | ${{ containerStatuses: [{ state: { waiting: {} } }] }} | ${'crash loop'}
  `('says of $app that it $says', ({ app, status, says }) => {
    expect(lineFor(pod(app, status))).toContain(says);
  });

  it('says of the subject what is broken, or that nothing is', () => {
    const checkout = pod('checkout', both);

    expect(lineFor(checkout, 'pod-no-default-v6-route')).toContain('broken: `pod-no-default-v6-route`');
    expect(lineFor(checkout)).toContain('healthy');
  });
});
