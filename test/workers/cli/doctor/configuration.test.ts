import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtConfiguration, lookAtGrants } from '../../../../workers/cli/doctor/configuration.ts';

const secret = 'xoxb-fake-token-that-nobody-may-read';
const worker = { REDIS_URL: 'redis://127.0.0.1', SLACK_BOT_TOKEN: secret, IPV6CHECK_CLUSTER: 'prod' };

describe('workers/cli/doctor/configuration', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ipv6check-doctor-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds a whole configuration whole', () => {
    expect(lookAtConfiguration(worker, 'probe')).toMatchObject([{ area: 'configuration', state: 'ok' }]);
  });

  it('names all that is missing for the role, one line each, and no value', () => {
    const findings = lookAtConfiguration({ ...worker, MAX_IN_FLIGHT: secret }, 'remediate');

    expect(findings.map(({ says }) => says.split(' ')[0]).toSorted()).toEqual([
      'DECISION_KEY',
      'GRANTS_FILE',
      'MAX_IN_FLIGHT',
    ]);
    expect(findings.every(({ state }) => state === 'wrong')).toBe(true);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });

  const grantsOf = (text: string) => {
    const path = join(folder, `${Math.random()}.yaml`);
    writeFileSync(path, text);
    return lookAtGrants({ GRANTS_FILE: path });
  };

  it.each`
    may                     | notes
    ${'[check, approve]'}   | ${[]}
    ${'[check]'}            | ${['approve']}
    ${'[approve-override]'} | ${['check', 'approve']}
  `('says of grants to $may who is let do nothing', ({ may, notes }) => {
    const { grants, findings } = grantsOf(`grants: [{ users: [U1], namespaces: ['*'], may: ${may} }]`);

    expect(grants?.grants).toHaveLength(1);
    expect(findings[0]).toMatchObject({ state: 'ok', says: 'GRANTS_FILE has 1 grants.' });
    expect(findings.slice(1).map(({ state, says }) => [state, says.split(' ')[3]?.replace(':', '')])).toEqual(
      notes.map((right: string) => ['note', right]),
    );
  });

  it.each(['grants: [{}]', '{', ''])('finds a grants file wrong that holds %j', (text) => {
    expect(grantsOf(text)).toMatchObject({
      grants: null,
      findings: [{ state: 'wrong', says: expect.stringContaining('GRANTS_FILE') }],
    });
  });

  it('leaves a file that is not named to whoever says what is missing', () => {
    expect(lookAtGrants({})).toEqual({ grants: null, findings: [] });
  });
});
