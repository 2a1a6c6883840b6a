import type { AuditEntry } from '../contract.ts';

export type AuditVerb = AuditEntry['verb'];

const ofMethod: Readonly<Record<string, AuditVerb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

export function auditVerb(
  method: string,
  what: {
    readonly isResource: boolean;
    readonly isExec: boolean;
    readonly isNamed: boolean;
    readonly isWatch: boolean;
  },
): AuditVerb {
  if (!what.isResource) return 'discovery';
  if (what.isExec) return 'exec';
  const written = ofMethod[method];
  if (written) return written;
  if (what.isWatch) return 'watch';
  return what.isNamed ? 'get' : 'list';
}
