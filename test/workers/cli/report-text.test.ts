import { describe, expect, it } from 'vitest';
import { reportText } from '../../../workers/cli/report-text.ts';
import { aReport } from '../../helpers/builders.ts';

describe('workers/cli/report-text', () => {
  it('lets nothing that a pod printed move the cursor or fake a line', () => {
    const report = aReport();
    const [first] = report.findings;
    const hostile = 'x\u001b[2J\u202e\r\nREACHABLE';

    const text = reportText({ ...report, findings: [{ ...first!, facts: [hostile], summary: 'seen' }] });

    expect(text).not.toMatch(/[\u001b\u202e\r]/);
    expect(text.split('\n')).not.toContain('REACHABLE');
  });

  it('says why no temporary policy would do where a policy is the cause', () => {
    const report = aReport();
    const verdict = { ...report.verdict, policyIsCause: 'yes' as const };
    const remediation = { offered: false, refusal: 'The namespace is protected.', manifest: null };

    expect(reportText({ ...report, verdict, remediation })).toContain('The namespace is protected.');
  });
});
