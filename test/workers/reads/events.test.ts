import { describe, expect, it } from 'vitest';
import { readPodEvents } from '../../../workers/reads/events.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';
import { podOf } from '../../helpers/policies.ts';

const path = '/api/v1/namespaces/shop/events';
const pending = podOf({ name: 'stuck', phase: 'Pending', podIPs: [] });
const event = (message: string) => ({
  ...{ type: 'Warning', reason: 'FailedCreatePodSandBox', message, count: 9 },
  source: { component: 'kubelet', host: 'tok-planted' },
});

describe('workers/reads/events', () => {
  it('asks for the events of this very pod, and takes those that repeat for one', async () => {
    const session = fakeSession({ [path]: [event('no pools'), event('no pools'), event('other')] });
    const observation = await readPodEvents(session, pending);

    expect(session.reads).toEqual([
      { path, query: { fieldSelector: 'involvedObject.name=stuck,involvedObject.uid=uid-stuck', limit: 50 } },
    ]);
    expect(observation).toMatchObject({
      value: ['no pools', 'other'].map((message) => ({ type: 'Warning', reason: 'FailedCreatePodSandBox', message })),
    });
    expect(JSON.stringify(observation)).not.toContain('tok-planted');
  });

  it.each`
    situation               | more
    ${'a pod that runs'}    | ${{ phase: 'Running' }}
    ${'one with addresses'} | ${{ podIPs: ['10.0.0.1'] }}
  `('costs no request for $situation', async ({ more }) => {
    expect(await readPodEvents(fakeSession({}), { ...pending, ...more })).toMatchObject({ code: 'NOT_ATTEMPTED' });
  });

  it('says why it may not', async () => {
    const session = fakeSession({ [path]: refused('forbidden', 'events is forbidden') });

    expect(await readPodEvents(session, pending)).toMatchObject({
      ...{ code: 'READ_REFUSED', detail: expect.stringContaining('events is forbidden') },
    });
  });
});
