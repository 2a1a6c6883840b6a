import { describe, expect, it } from 'vitest';
import { faultsText } from '../../lab/faults-command.ts';
import { faults } from '../../lab/network/faults.ts';

describe('lab/faults-command', () => {
  it('prints every entry for programs, with the reason why one cannot be injected', () => {
    const rows = JSON.parse(faultsText(true)) as { id: string; kind: string }[];

    expect(rows).toContainEqual({
      id: 'natoutgoing-disabled-ula--set-empty',
      kind: 'fault',
      stage: 'translation',
      how: expect.any(String),
    });
    expect(rows.find(({ id }) => id === 'bpf-ipv6-off-or-broken')).toMatchObject({ kind: 'notInjectable' });
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['fault', 'healthy', 'double', 'notInjectable']));
  });

  it('prints for people what --fault takes, a line each', () => {
    expect(faultsText(false).trimEnd().split('\n')).toHaveLength(faults.length);
  });
});
