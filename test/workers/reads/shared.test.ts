import { describe, expect, it } from 'vitest';
import { sharing } from '../../../workers/reads/shared.ts';
import { fakeSession } from '../../helpers/fake-session.ts';

const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';

describe('workers/reads/shared', () => {
  it('makes a read once for all that ask for the same', async () => {
    const session = fakeSession({ '/version': { gitVersion: 'v1' }, [policies]: [] });
    const shared = sharing(session);

    const answers = await Promise.all([
      shared.get('/version'),
      shared.get('/version'),
      shared.list(policies),
      shared.list(policies),
    ]);

    expect(session.reads).toHaveLength(2);
    expect(answers[0]).toEqual(answers[1]);
    await shared.list(policies, { limit: 1 });
    expect(session.reads).toHaveLength(3);
  });

  it('reads pods afresh, for another may have taken a name', async () => {
    const path = '/api/v1/namespaces/shop/pods/a';
    const session = fakeSession({ [path]: {}, '/api/v1/pods': [] });
    const shared = sharing(session);

    await Promise.all([shared.get(path), shared.get(path), shared.list('/api/v1/pods'), shared.list('/api/v1/pods')]);

    expect(session.reads).toHaveLength(4);
  });

  it('passes execs and costs through', () => {
    const session = fakeSession({});

    expect(() =>
      sharing(session).exec({ namespace: 'a', pod: 'b', container: 'c' }, [], {
        deadlineMs: 1,
        maxBytes: 1,
        endMarker: '',
      }),
    ).toThrow();
    expect(sharing(session).cost()).toEqual({ execs: 0, apiRequests: 0 });
  });
});
