import type { Report } from '../../src/diagnosis/report.ts';
import type { Remediations, RunRecord, Runs } from '../../src/ports.ts';
import { isFinal, type Remediation } from '../../src/remediation/lifecycle.ts';
import type { Verification } from '../../src/remediation/verification.ts';

export interface FakeRuns extends Runs {
  readonly runs: Map<string, RunRecord>;
  readonly reports: Map<string, Report>;
}

export function fakeRuns(): FakeRuns {
  const [runs, reports] = [new Map<string, RunRecord>(), new Map<string, Report>()];
  return {
    runs,
    reports,
    load: async (id) => runs.get(id) ?? null,
    save: async (run) => void runs.set(run.id, structuredClone(run)),
    loadReport: async (id) => reports.get(id) ?? null,
    saveReport: async (report) => void reports.set(report.id, structuredClone(report)),
  };
}

export interface FakeRemediations extends Remediations {
  readonly records: Map<string, Remediation>;
  readonly verifications: Map<string, Verification>;
  /** Throws once at the next save, as a process does that is killed there. */
  dieAtNextSave(): void;
  wipe(): void;
}

export class Killed extends Error {}

export function fakeRemediations(): FakeRemediations {
  const records = new Map<string, Remediation>();
  const verifications = new Map<string, Verification>();
  let isDoomed = false;
  return {
    records,
    verifications,
    dieAtNextSave: () => {
      isDoomed = true;
    },
    wipe: () => {
      records.clear();
      verifications.clear();
    },
    load: async (id) => records.get(id) ?? null,
    async save(next, expectedVersion) {
      if (isDoomed) {
        isDoomed = false;
        throw new Killed('killed before the record was saved');
      }
      if (next.version !== expectedVersion + 1) throw new Error('version does not follow');
      if ((records.get(next.id)?.version ?? -1) !== expectedVersion) return 'stale';
      records.set(next.id, structuredClone(next));
      return 'saved';
    },
    open: async () => [...records.values()].filter(({ state }) => !isFinal(state)),
    loadVerification: async (id, version) => verifications.get(`${id}:${version}`) ?? null,
    saveVerification: async (id, version, verification) => void verifications.set(`${id}:${version}`, verification),
  };
}
