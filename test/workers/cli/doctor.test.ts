import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabCluster, startCluster } from '../../../lab/cluster/start.ts';
import { runCli } from '../../../lab/product.ts';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import type { Finding } from '../../../workers/cli/doctor/finding.ts';
import { doctorCommand } from '../../../workers/cli/doctor.ts';
import { type OwnRedis, startOwnRedis } from '../../helpers/redis.ts';
import { objects, standInNetwork } from '../../lab/cluster/stand-in.ts';

describe('workers/cli/doctor', () => {
  let cluster: LabCluster;
  let slack: LabWorkspace;
  let redis: OwnRedis;
  let folder: string;
  let env: Record<string, string>;

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const kubeconfig = (user: string) => file(`${user}.kubeconfig`, cluster.kubeconfig(user));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ipv6check-doctor-'));
    cluster = await startCluster({ objects, network: standInNetwork() });
    slack = await startWorkspace({
      scopes: ['commands', 'chat:write', 'im:write', 'channels:read', 'groups:read', 'users:read', 'usergroups:read'],
    });
    redis = await startOwnRedis();
    const grants = [{ users: [slack.people.alice.id], namespaces: ['*'], may: ['check', 'approve'] }];
    env = {
      ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
      ...{
        REDIS_URL: redis.url,
        DECISION_KEY: 'k'.repeat(32),
        GRANTS_FILE: file('grants.json', JSON.stringify({ grants })),
      },
      ...{ IPV6CHECK_CLUSTERS: 'prod,lab', IPV6CHECK_CLUSTER: 'prod', HOME: folder, PATH: process.env.PATH ?? '' },
    };
  });
  afterAll(async () => {
    await Promise.all([cluster.close(), slack.close(), redis.stop()]);
    rmSync(folder, { recursive: true });
  });

  async function doctor(words: readonly string[], over: Record<string, string> = {}) {
    let [out, err] = ['', ''];
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
      ...{ input: (async function* () {})(), env: { ...env, ...over } },
    };
    return { code: await doctorCommand(words, terminal, new AbortController().signal), out, err };
  }
  const json = async (words: readonly string[], over: Record<string, string> = {}) => {
    const { code, out } = await doctor([...words, '-o', 'json'], over);
    return { code, ...(JSON.parse(out) as { ok: boolean; findings: Finding[] }) };
  };

  it('says that all is well, area by area, and keeps its secrets', async () => {
    const { code, out, err } = await doctor(['--kubeconfig', kubeconfig('prober')]);

    expect(err).toBe('');
    expect(out).toMatch(/All is well\.\n$/);
    expect(code).toBe(0);
    for (const area of ['configuration', 'slack', 'redis', 'rights', 'calico', 'clock']) {
      expect(out).toMatch(new RegExp(`^(ok|note) +${area} `, 'm'));
    }
    for (const secret of [slack.botToken, slack.appToken, env.DECISION_KEY!]) expect(out).not.toContain(secret);
  });

  it('exits 1 with the one thing that is wrong, as JSON', async () => {
    const { code, ok, findings } = await json(['--role', 'probe', '--kubeconfig', kubeconfig('reader')]);

    expect([code, ok]).toEqual([1, false]);
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([
      {
        ...{ area: 'rights', state: 'wrong', says: expect.stringContaining('pods/exec') },
        fix: '- { apiGroups: [""], resources: [pods/exec], verbs: [get, create] }',
      },
    ]);
  });

  it('tries the forbidden object with the credentials of a writer', async () => {
    const { code, findings } = await json(['--kubeconfig', kubeconfig('writer')], { FENCE_NAMESPACE: 'shop' });

    expect(code).toBe(1);
    const fence = findings.filter(({ area }) => area === 'admission');
    expect(fence.map(({ says }) => says)).toContainEqual(
      expect.stringMatching(/^Nobody refuses a networking\.k8s\.io/),
    );
    expect(cluster.objects('NetworkPolicy')).toEqual([]);
  });

  it('looks at what a role needs, and at nothing else', async () => {
    const bot = await json(['--role', 'bot'], { KUBECONFIG: kubeconfig('nobody') });
    expect(bot.findings.filter(({ area }) => area === 'rights')).toEqual([]);
    expect(bot.code).toBe(0);

    const reaper = await json(['--role', 'reap', '--kubeconfig', kubeconfig('reaper')], {
      REDIS_URL: '',
      SLACK_BOT_TOKEN: '',
    });
    expect(new Set(reaper.findings.map(({ area }) => area))).toEqual(new Set(['configuration', 'rights', 'clock']));
    expect(reaper.code).toBe(0);
  });

  it('takes ROLE for the role, and names what that one lacks', async () => {
    const { findings } = await json([], { ROLE: 'remediate', KUBECONFIG: kubeconfig('writer'), DECISION_KEY: '' });

    expect(findings).toContainEqual(expect.objectContaining({ says: 'DECISION_KEY is not set (remediate)' }));
  });

  it.each`
    what                           | words                  | state
    ${'without one a bot is well'} | ${[]}                  | ${'note'}
    ${'a prober is not'}           | ${['--role', 'probe']} | ${'wrong'}
  `('says that there is no kubeconfig: $what', async ({ words, state }) => {
    // As a process of its own: the library looks into the real home folder for one.
    const { stdout } = await runCli(['doctor', ...words, '-o', 'json'], env);

    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    expect(findings.filter(({ area }) => area === 'rights')).toMatchObject([{ state }]);
  });

  it('finds a cluster that does not answer wrong, and still looks at the rest', async () => {
    const dead = cluster.kubeconfig('prober').replace(cluster.url, 'https://127.0.0.1:1');
    const { code, findings } = await json(['--kubeconfig', file('dead.kubeconfig', dead)]);

    expect(code).toBe(1);
    expect(findings.filter(({ area }) => area === 'rights')).toMatchObject([{ state: 'unknown' }]);
    expect(findings.filter(({ area }) => area === 'redis')).toMatchObject([{ state: 'ok' }]);
  });

  it.each`
    words                                      | says
    ${['--role', 'king']}                      | ${'--role takes bot, probe, remediate, reap, not "king"'}
    ${['-o', 'yaml']}                          | ${'-o takes text or json'}
    ${['--what']}                              | ${'--what'}
    ${['shop/checkout']}                       | ${'"shop/checkout" is not for it'}
    ${['--may', 'U1', 'C1']}                   | ${'--may takes USER CHANNEL'}
    ${['--may', 'U1', 'C1', 'shop/a', 'more']} | ${'--may takes USER CHANNEL'}
    ${['--may', '@alice', 'C1', 'shop/a']}     | ${'"@alice" is not the id of a Slack user'}
    ${['--may', 'U1', '#incidents', 'shop/a']} | ${'"#incidents" is not the id of a Slack channel'}
    ${['--may', 'U1', 'C1', 'shop']}           | ${'shop'}
  `('exits 64 for $words', async ({ words, says }) => {
    const { code, out, err } = await doctor(words);

    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(/^ipv6check doctor: /);
    expect(err).toContain(says);
  });

  it('explains who may what, in the default cluster or a named one', async () => {
    const { alice, bob } = slack.people;
    const channel = slack.channels.incidents.id;

    const text = await doctor(['--may', alice.id, channel, 'shop/checkout']);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(new RegExp(`^${alice.id} in ${channel}, about namespace shop of cluster prod:\n`));
    expect(text.out).toMatch(/^yes {6}check .*\nyes {6}approve .*\nno {7}approve-override /m);

    const named = await doctor(['--may', bob.id, channel, 'lab:shop/checkout', '-o', 'json']);
    const { cluster: asked, answers } = JSON.parse(named.out) as { cluster: string; answers: { answer: string }[] };
    expect([named.code, asked]).toEqual([0, 'lab']);
    expect(answers.map(({ answer }) => answer)).toEqual(['no', 'no', 'no']);
  });

  it('exits 1 where nobody can say, and 64 without grants to explain', async () => {
    const grants = [{ userGroups: ['S0APPROVER'], namespaces: ['*'], may: ['check'] }];
    const path = file('groups.json', JSON.stringify({ grants }));
    const silent = await doctor(['--may', 'U1', 'C1', 'shop/a'], { GRANTS_FILE: path, SLACK_BOT_TOKEN: '' });
    expect(silent.code).toBe(1);

    const without = await doctor(['--may', 'U1', 'C1', 'shop/a'], { GRANTS_FILE: '' });
    expect(without).toMatchObject({ code: 64, err: expect.stringContaining('GRANTS_FILE is not set') });
    const broken = await doctor(['--may', 'U1', 'C1', 'shop/a'], { GRANTS_FILE: file('broken.json', '{') });
    expect(broken).toMatchObject({ code: 64, err: expect.stringContaining('cannot be read') });
  });

  it('is a command of the terminal door', async () => {
    const { code, stdout } = await runCli(['doctor', '--kubeconfig', kubeconfig('prober')], env);

    expect(stdout).toMatch(/All is well\.\n$/);
    expect(code).toBe(0);
  });
});
