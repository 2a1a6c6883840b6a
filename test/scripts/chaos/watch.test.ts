import { describe, expect, it } from 'vitest';
import type { Witnessed } from '../../../lab/cluster/trouble.ts';
import { momentOfCommand, momentOfRequest, recordIn } from '../../../scripts/chaos/watch.ts';
import { applyJob } from '../../../src/jobs/remediate.ts';
import { aRemediation } from '../../helpers/builders.ts';

const collection = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const id = 'rabcdefghijklmnopqrs';
const request = (over: Partial<Witnessed>): Witnessed => ({
  ...{ moment: 'before', method: 'POST', url: collection, user: 'writer', code: 0 },
  ...over,
});

describe('scripts/chaos/watch', () => {
  it.each`
    over                                                                                      | moment
    ${{}}                                                                                     | ${'api before create'}
    ${{ moment: 'after', code: 201 }}                                                         | ${'api after create'}
    ${{ moment: 'after', code: 409 }}                                                         | ${null}
    ${{ url: `${collection}?fieldValidation=Strict&dryRun=All` }}                             | ${'api before dry-run'}
    ${{ moment: 'after', code: 201, url: `${collection}?dryRun=All` }}                        | ${'api after dry-run'}
    ${{ method: 'DELETE', url: `${collection}/ipv6check-${id}?timeout=9s` }}                  | ${'api before delete'}
    ${{ method: 'DELETE', url: `${collection}/ipv6check-${id}`, user: 'reaper' }}             | ${'api before delete'}
    ${{ method: 'DELETE', url: `${collection}/ipv6check-${id}`, moment: 'after', code: 200 }} | ${'api after delete'}
    ${{ method: 'DELETE', url: `${collection}/ipv6check-${id}`, moment: 'after', code: 404 }} | ${null}
    ${{ method: 'GET', url: `${collection}/ipv6check-${id}`, moment: 'after', code: 404 }}    | ${'api after gone'}
    ${{ method: 'GET', url: `${collection}/ipv6check-${id}`, moment: 'after', code: 200 }}    | ${null}
    ${{ method: 'GET', url: `${collection}?limit=500`, moment: 'after', code: 404 }}          | ${null}
    ${{ user: 'prober' }}                                                                     | ${null}
    ${{ url: '/api/v1/namespaces/shop/pods' }}                                                | ${null}
    ${{ url: '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies' }}              | ${'api before create'}
  `('takes $over for $moment', ({ over, moment }) => {
    expect(momentOfRequest(request(over))).toBe(moment);
  });

  it.each(['proposed', 'approved', 'verifying', 'active', 'reverting', 'reverted'] as const)(
    'sees a record being saved as %s',
    (state) => {
      const text = JSON.stringify(aRemediation({ id, state }));
      const words = ['eval', 'redis.call(…)', '2', 'key', 'index', '3', '4', text, 'open', id, '604800'];

      expect(momentOfCommand(words)).toBe(`saved ${state}`);
      expect(recordIn(words)).toEqual({ id, state });
    },
  );

  it('sees a job being queued, by the words in which the library packs it', () => {
    const payload = { v: 1 as const, remediationId: id, cluster: 'lab', version: 3, attempt: 0 };
    const packed = String.raw`\x98\xb1bull:remediate-lab:\xbf${applyJob.idOf(payload)}`;

    expect(momentOfCommand(['evalsha', 'sha', '8', 'bull:remediate-lab:wait', packed, JSON.stringify(payload)])).toBe(
      'queued apply',
    );
    expect(momentOfCommand(['evalsha', 'sha', '8', 'bull:remediate-lab:wait', packed])).toBeNull();
  });

  it.each`
    words                                                       | moment
    ${['set', `ipv6check:verification:${id}:4`, '{}', 'EX']}    | ${'seen verifying'}
    ${['set', `ipv6check:verification:${id}:0`, '{}', 'EX']}    | ${null}
    ${['set', 'ipv6check:run:x', '{}', 'EX']}                   | ${null}
    ${['hget', `ipv6check:remediation:${id}`, 'record']}        | ${null}
    ${['eval', 'script', '1', 'ipv6check:audit', '', '{"seq"']} | ${null}
    ${[]}                                                       | ${null}
  `('takes $words for $moment', ({ words, moment }) => {
    expect(momentOfCommand(words)).toBe(moment);
  });
});
