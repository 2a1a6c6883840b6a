import { describe, expect, it } from 'vitest';
import { calicoRules } from '../../../src/diagnosis/checks/calico-rules.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, filterRules, flow, healthy, podAddress, said } from '../../helpers/healthy-evidence.ts';

type Rule = Evidence['nodeFilterRules']['after'][number];

/** `cali` and the beginning of sha1("shop.checkout-7d9f"). */
const veth = 'calic1a5286fc08';
const unknown = '-m comment --comment "cali:x" -m comment --comment "Unknown interface" -j DROP';
const chains = {
  nft: 'cali-from-wl-dispatch',
  legacy: 'cali-from-wl-dispatch',
  nftables: 'filter-cali-from-wl-dispatch',
};

function dispatch(backend: Rule['backend'], rise: number, ...rules: readonly string[]): Evidence['nodeFilterRules'] {
  const table = backend === 'nftables' ? 'calico' : 'filter';
  const drop = backend === 'nftables' ? 'drop comment "cali:x; Unknown interface"' : unknown;
  const listed = [...rules, drop].map((rule) => ({ backend, table, chain: chains[backend], rule, packets: 4 }));
  const nat = { backend, table: 'nat', chain: 'cali-nat-outgoing', rule: '-j MASQUERADE', packets: 0 };
  return {
    before: [...listed, nat],
    after: [...listed.map((rule) => ({ ...rule, packets: rule.rule === drop ? 4 + rise : 4 })), nat],
  };
}

const both = (...all: readonly Evidence['nodeFilterRules'][]) => ({
  before: all.flatMap(({ before }) => before),
  after: all.flatMap(({ after }) => after),
});
const lost = { podConnects: connects(anchors, 'TIMEOUT') };
const known = { nft: `-i ${veth} -g cali-fw-${veth}`, nftables: `"${veth}" : goto filter-cali-fw-${veth}` };
const natless = { ...filterRules(), after: filterRules().after.filter(({ table }) => table !== 'nat') };
const bare = { nodeFlows: anchors.map((to) => flow(to, { seenAs: podAddress, isUnreplied: true })) };

describe('diagnosis/checks/calico-rules', () => {
  it.each`
    situation                                            | nodeFilterRules                                                      | cause
    ${'an unknown interface in ip6tables'}               | ${dispatch('nft', 6)}                                                | ${'felix-not-programmed'}
    ${'an unknown interface in legacy tables'}           | ${dispatch('legacy', 18, '-i cali9 -g cali-fw-cali9')}               | ${'felix-not-programmed'}
    ${'an interface that a verdict map does not hold'}   | ${dispatch('nftables', 6, '"cali9" : goto filter-cali-fw-9')}        | ${'felix-not-programmed'}
    ${'left over legacy rules that drop'}                | ${both(dispatch('nft', 0, known.nft), dispatch('legacy', 12))}       | ${'ip6tables-programming-failed'}
    ${'left over ip6tables rules beside a native table'} | ${both(dispatch('nftables', 0, known.nftables), dispatch('nft', 6))} | ${'ip6tables-programming-failed'}
  `('$cause with $situation', ({ nodeFilterRules, cause }) => {
    expect(said(calicoRules, { ...lost, nodeFilterRules }).judgement).toMatchObject({
      ...{ outcome: 'fail', cause, confidence: 'certain', isDeciding: true },
    });
  });

  it.each`
    situation                                     | changes                                                                                                                               | outcome
    ${'nothing wrong'}                            | ${{}}                                                                                                                                 | ${'pass'}
    ${'drops of others behind a known interface'} | ${{ ...lost, nodeFilterRules: dispatch('nft', 40, known.nft) }}                                                                       | ${'pass'}
    ${'fewer drops than the pod lost'}            | ${{ ...lost, nodeFilterRules: dispatch('nft', 5) }}                                                                                   | ${'pass'}
    ${'drops while the pod connects'}             | ${{ nodeFilterRules: dispatch('nft', 40) }}                                                                                           | ${'pass'}
    ${'a known interface in a verdict map'}       | ${{ ...lost, nodeFilterRules: dispatch('nftables', 6, known.nftables) }}                                                              | ${'pass'}
    ${'no rule of Calico’s'}                      | ${{ ...lost, nodeFilterRules: { before: [], after: [] } }}                                                                            | ${'not-applicable'}
    ${'an eBPF dataplane'}                        | ${{ ...lost, nodeFilterRules: dispatch('nft', 6), calico: { ...healthy.calico, felix: { bpfEnabled: true } } }}                       | ${'not-applicable'}
    ${'an eBPF dataplane by its environment'}     | ${{ ...lost, nodeFilterRules: dispatch('nft', 6), calicoNode: { ...healthy.calicoNode, environment: { FELIX_BPFENABLED: 'true' } } }} | ${'not-applicable'}
    ${'drops while the pod’s gateway was silent'} | ${{ podConnects: connects(anchors, 'EHOSTUNREACH'), nodeFilterRules: dispatch('nft', 6) }}                                            | ${'pass'}
    ${'rules that nobody could read'}             | ${{ nodeFilterRules: failed('TOOL_MISSING', 'no ip6tables') }}                                                                        | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(calicoRules, changes).outcome).toBe(outcome);
  });

  it('takes the prefix of interfaces from calico-node’s environment', () => {
    const calicoNode = { ...healthy.calicoNode, environment: { FELIX_INTERFACEPREFIX: 'eni,cali' } };
    const nodeFilterRules = dispatch('nft', 6, `-i ${veth.replace('cali', 'eni')} -j cali-fw-x`);

    expect(said(calicoRules, { ...lost, calicoNode, nodeFilterRules }).outcome).toBe('pass');
  });

  it.each`
    situation                                      | changes                                                                                                     | cause
    ${'filter chains and no nat chain'}            | ${{ nodeFilterRules: natless }}                                                                             | ${'ip6tables-programming-failed'}
    ${'a nat chain whose set is empty'}            | ${{ nodeFilterRules: dispatch('nft', 0, known.nft) }}                                                       | ${null}
    ${'a setting that explains the missing chain'} | ${{ nodeFilterRules: natless, calico: { ...healthy.calico, felix: { natOutgoingAddress: '192.0.2.10' } } }} | ${null}
    ${'a pool that asks for no translation'}       | ${{ nodeFilterRules: natless, calico: { ...healthy.calico, ipPools: [] } }}                                 | ${null}
  `('names $cause for untranslated packets with $situation', ({ changes, cause }) => {
    const { judgement } = said(calicoRules, { ...lost, ...bare, ...changes });

    expect(judgement?.outcome === 'fail' ? judgement.cause : null).toBe(cause);
  });

  it('names the calico-node pod to look at, and says that it is not ready', () => {
    const calicoNode = { ...healthy.calicoNode, isReady: false };
    const { fix, facts } = said(calicoRules, { ...lost, calicoNode, nodeFilterRules: dispatch('nft', 6) });

    expect(fix).toContain('kubectl -n calico-system delete pod calico-node-x2k4q');
    expect(facts.join()).toContain('calico-node-x2k4q is not ready');
  });
});
