import { beforeEach, describe, expect, it } from 'vitest';
import { auditedRemediations, auditedWriter } from '../../src/adapters/audited.ts';
import type { PolicyWriter, Remediations } from '../../src/ports.ts';
import type { AuditWords } from '../../src/remediation/audit.ts';
import { advance, type Remediation } from '../../src/remediation/lifecycle.ts';
import { t0 } from '../helpers/builders.ts';
import { fakeRemediations } from '../helpers/fake-store.ts';
import { type FakeWriter, fakeWriter } from '../helpers/fake-writer.ts';
import { captureLog } from '../helpers/log.ts';
import { remediationWorld } from '../helpers/remediation-world.ts';

describe('adapters/audited', () => {
  let entries: AuditWords[];
  let store: Remediations;
  let writer: PolicyWriter;
  let cluster: FakeWriter;
  let isDown: boolean;
  let lines: ReturnType<typeof captureLog>['lines'];
  let proposed: Remediation;

  beforeEach(async () => {
    entries = [];
    isDown = false;
    const captured = captureLog();
    lines = captured.lines;
    const audit = {
      record: async (words: AuditWords) => {
        if (isDown) throw new Error('Redis is away');
        entries.push(words);
      },
    };
    const deps = { audit, log: captured.log };
    store = auditedRemediations(fakeRemediations(), deps);
    cluster = fakeWriter(t0);
    writer = auditedWriter(cluster, 'lab', deps);
    const world = remediationWorld();
    await world.propose();
    proposed = { ...world.record(), version: 0, cardTs: null };
  });

  const said = () => entries.map(({ kind, action, actor }) => `${kind} ${action} ${actor}`);

  async function move(current: Remediation, event: 'approve' | 'applied' | 'revoke', by: string): Promise<Remediation> {
    const step = advance(current, event, by, t0, 'a note');
    if (!step.ok) throw new Error(step.refusal);
    await store.save(step.next, current.version);
    return step.next;
  }

  it('leaves an entry for a proposal, each decision and each effect, with the states around it', async () => {
    await store.save(proposed, -1);
    const approved = await move(proposed, 'approve', 'U0APPROVER');
    await move(approved, 'applied', 'writer');

    expect(said()).toEqual(['intent propose U0ASKER', 'decision approve U0APPROVER', 'effect applied writer']);
    expect(entries.at(-1)).toMatchObject({ before: 'approved', after: 'verifying', note: 'a note', cluster: 'lab' });
    expect(entries.every(({ manifestHash }) => manifestHash === proposed.manifestHash)).toBe(true);
  });

  it('enters again as recovered what a record that was lost had come to', async () => {
    const log = [{ event: 'approve', by: 'U0APPROVER', at: t0.toISOString(), note: '' }];
    const rebuilt: Remediation = { ...proposed, state: 'approved', log };
    await store.save(rebuilt, -1);
    await move(rebuilt, 'applied', 'sweep');

    expect(said()).toEqual(['recovered propose U0ASKER', 'recovered approve U0APPROVER', 'effect applied sweep']);
  });

  it('leaves none for a note on the record, nor for a save that came too late', async () => {
    await store.save(proposed, -1);
    const noted = { ...proposed, cardTs: '1.1', version: 1 };
    expect(await store.save(noted, 0)).toBe('saved');
    expect(await store.save(noted, 0)).toBe('stale');

    expect(said()).toEqual(['intent propose U0ASKER']);
  });

  it('says before it writes what it is about to do, and after it what came of it', async () => {
    const { manifest } = proposed;
    await writer.create(manifest, { dryRun: true });
    const created = await writer.create(manifest, { dryRun: false });
    await writer.remove(manifest, created.ok ? created.value.metadata.uid! : '');
    cluster.fail('create', 'forbidden');
    await writer.create(manifest, { dryRun: false });

    expect(said()).toEqual([
      ...['intent create writer', 'effect created writer', 'intent remove writer', 'effect removed writer'],
      ...['intent create writer', 'effect create refused writer'],
    ]);
    expect(entries[0]).toMatchObject({
      remediationId: proposed.id,
      object: `NetworkPolicy shop/${manifest.metadata.name}`,
    });
    expect(entries.at(-1)?.note).toContain('forbidden');
  });

  it('writes every entry to the log as well, and stops nothing when the trail cannot be written', async () => {
    isDown = true;
    await store.save(proposed, -1);

    expect(await store.load(proposed.id)).not.toBeNull();
    expect(lines.filter(({ msg }) => msg === 'audit')).toHaveLength(1);
    expect(lines.find(({ alert }) => alert === true)).toMatchObject({ audit: { action: 'propose' } });
  });
});
