import { describe, expect, it } from 'vitest';
import { type Compared, compare } from '../../src/diagnosis/compare.ts';
import { judge } from '../../src/diagnosis/judge.ts';
import { anchors, bagWith, connects } from '../helpers/healthy-evidence.ts';

const off = { nodeSysctls: { 'all/forwarding': '0' }, podConnects: connects(anchors, 'TIMEOUT') };
const run = (pod: string, changes: Parameters<typeof bagWith>[0] = {}): Compared => {
  return { pod, node: `node-of-${pod}`, judged: judge(bagWith(changes)) };
};
const find = ({ judged }: ReturnType<typeof compare>, id: string) =>
  judged.findings.find(({ checkId }) => checkId === id)!;

describe('diagnosis/compare', () => {
  it('changes nothing of a single pod', () => {
    const only = run('a', off);

    expect(compare([only])).toEqual({ main: only, judged: only.judged });
  });

  it('lets the worst speak, and says how the others do', () => {
    const result = compare([run('a'), run('b', off), run('c', off)]);

    expect(result.main.pod).toBe('b');
    expect(result.judged.verdict).toMatchObject({ outcome: 'broken', cause: 'host-forwarding-disabled' });
    expect(result.judged.verdict.summary).toMatch(
      /^2 of 3 pods, one for each node: b on node-of-b, c on node-of-c\. a on node-of-a is reachable\. Node node-1/,
    );
  });

  it('says a finding once, with a count, and what differs beside it', () => {
    const result = compare([run('a'), run('b', off), run('c', off)]);

    expect(find(result, 'node-forwarding').facts.slice(0, 2)).toEqual([
      '2 of 3 pods: b on node-of-b, c on node-of-c',
      'a on node-of-a: pass: Node node-1 forwards IPv6.',
    ]);
    expect(result.judged.findings.map(({ checkId }) => checkId)).toEqual(
      run('a').judged.findings.map(({ checkId }) => checkId),
    );
  });

  it('keeps what is wrong with a pod that does not speak', () => {
    const policies = { podResolvers: ['fd96::a'], pod: undefined };
    const result = compare([run('a', off), run('b', { podResolvers: policies.podResolvers, podRoutes: [] })]);

    expect(find(result, 'pod-default-route').outcome).toBe('fail');
  });

  it('says that all are alike', () => {
    const { judged } = compare([run('a'), run('b')]);

    expect(judged.verdict.summary).toMatch(
      /^All 2 pods that were checked, one for each node, are alike\. IPv6 egress works/,
    );
  });
});
