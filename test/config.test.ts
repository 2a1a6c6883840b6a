import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Role, readConfig, variableNames } from '../src/config.ts';
import { BotError } from '../src/errors.ts';

const secret = 'xoxb-fake-token-that-nobody-may-read';
const bot = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  SLACK_BOT_TOKEN: secret,
  SLACK_APP_TOKEN: 'xapp-fake',
  IPV6CHECK_CLUSTERS: 'prod, lab',
  GRANTS_FILE: 'grants.yaml',
  DECISION_KEY: 'k'.repeat(32),
};
const worker = { REDIS_URL: bot.REDIS_URL, SLACK_BOT_TOKEN: secret, IPV6CHECK_CLUSTER: 'prod' };

function problemsOf(env: Record<string, string | undefined>, role: Role = 'bot'): string[] {
  try {
    readConfig(env, role);
  } catch (error) {
    if (error instanceof BotError && error.code === 'CONFIG_INVALID') return error.message.split('; ');
    throw error;
  }
  return [];
}

describe('config', () => {
  it('needs no more than what nobody could guess', () => {
    expect(readConfig(bot, 'bot')).toEqual({
      ...{ role: 'bot', logLevel: 'info', healthPort: 8_080, tracesEndpoint: null, redisUrl: bot.REDIS_URL },
      slack: {
        ...{ mode: 'socket', botToken: secret, appToken: 'xapp-fake', signingSecret: '' },
        ...{ port: 3_000, apiUrl: undefined },
      },
      ...{ clusters: ['prod', 'lab'], cluster: '', kubernetes: { kubeconfig: undefined, context: undefined } },
      ...{ grantsFile: 'grants.yaml', decisionKey: 'k'.repeat(32) },
      policy: {
        ...{ approverGroup: null, ttlMinutes: 30, maximumMinutes: 240, sweepSeconds: 30 },
        ...{ admissionFence: 'warn', fenceNamespace: 'default' },
        protectedNamespaces: ['kube-system', 'calico-system', 'calico-apiserver', 'tigera-operator'],
      },
      probe: {
        anchorsIpv6: ['2001:4860:4860::8888', '2606:4700:4700::1111'],
        ...{ anchorsIpv4: ['8.8.8.8', '1.1.1.1'], anchorPort: 443, maxInFlight: 8 },
      },
      queue: { lockMs: 10_000, stalledMs: 5_000 },
    });
  });

  it.each`
    role           | env                                                           | missing
    ${'bot'}       | ${{}}                                                         | ${['REDIS_URL', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'IPV6CHECK_CLUSTERS', 'GRANTS_FILE', 'DECISION_KEY']}
    ${'bot'}       | ${{ ...bot, SLACK_MODE: 'http' }}                             | ${['SLACK_SIGNING_SECRET']}
    ${'bot'}       | ${{ ...bot, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'x' }} | ${['SLACK_APP_TOKEN']}
    ${'bot'}       | ${{ ...bot, DECISION_KEY: '   ' }}                            | ${['DECISION_KEY']}
    ${'probe'}     | ${{}}                                                         | ${['REDIS_URL', 'SLACK_BOT_TOKEN', 'IPV6CHECK_CLUSTER']}
    ${'probe'}     | ${worker}                                                     | ${[]}
    ${'remediate'} | ${worker}                                                     | ${['GRANTS_FILE', 'DECISION_KEY']}
  `('names all that is missing for the role $role at once: $missing', ({ role, env, missing }) => {
    expect(problemsOf(env, role).toSorted()).toEqual(missing.map((name: string) => `${name} is not set`).toSorted());
  });

  it.each`
    name                             | value                      | problem
    ${'LOG_LEVEL'}                   | ${'loud'}                  | ${'is not a log level'}
    ${'HEALTH_PORT'}                 | ${'65536'}                 | ${'is not a whole number from 0 to 65535'}
    ${'OTEL_EXPORTER_OTLP_ENDPOINT'} | ${'collector:4317'}        | ${'is not a URL that starts with http:// or https://'}
    ${'REDIS_URL'}                   | ${'http://127.0.0.1'}      | ${'is not a URL that starts with redis:// or rediss://'}
    ${'REDIS_URL'}                   | ${'127.0.0.1:6379'}        | ${'is not a URL that starts with redis:// or rediss://'}
    ${'SLACK_MODE'}                  | ${'carrier pigeon'}        | ${'is neither socket nor http'}
    ${'PORT'}                        | ${'65536'}                 | ${'is not a whole number from 1 to 65535'}
    ${'PORT'}                        | ${'80.5'}                  | ${'is not a whole number from 1 to 65535'}
    ${'PORT'}                        | ${'http'}                  | ${'is not a whole number from 1 to 65535'}
    ${'SLACK_API_URL'}               | ${'file:///etc/passwd'}    | ${'is not a URL that starts with http:// or https://'}
    ${'IPV6CHECK_CLUSTERS'}          | ${'prod,Lab'}              | ${'is not a DNS-1123 label'}
    ${'IPV6CHECK_CLUSTERS'}          | ${' , '}                   | ${'names no cluster'}
    ${'ROLE'}                        | ${'reaper'}                | ${'is neither probe nor remediate'}
    ${'IPV6CHECK_CLUSTER'}           | ${'a:b'}                   | ${'is not a DNS-1123 label'}
    ${'DECISION_KEY'}                | ${'k'.repeat(31)}          | ${'is shorter than 32 characters'}
    ${'DECISION_KEY'}                | ${`${'k'.repeat(31)}   `}  | ${'is shorter than 32 characters'}
    ${'APPROVER_GROUP'}              | ${'@network-approvers'}    | ${'is not the id of a Slack user group'}
    ${'POLICY_TTL_MINUTES'}          | ${'0'}                     | ${'is not a whole number from 1 to 10080'}
    ${'POLICY_TTL_MINUTES'}          | ${'241'}                   | ${'is more than POLICY_MAX_MINUTES'}
    ${'POLICY_MAX_MINUTES'}          | ${'20000'}                 | ${'is not a whole number from 1 to 10080'}
    ${'PROTECTED_NAMESPACES'}        | ${'kube_system'}           | ${'is not a DNS-1123 label'}
    ${'SWEEP_SECONDS'}               | ${'61'}                    | ${'is not a whole number from 1 to 60'}
    ${'ADMISSION_FENCE'}             | ${'off'}                   | ${'is neither require nor warn'}
    ${'FENCE_NAMESPACE'}             | ${'Default'}               | ${'is not a DNS-1123 label'}
    ${'ANCHORS_IPV6'}                | ${'2001:db8::1,192.0.2.1'} | ${'is not a list of IPv6 addresses'}
    ${'ANCHORS_IPV6'}                | ${','}                     | ${'is an empty list'}
    ${'ANCHORS_IPV4'}                | ${'2001:db8::1'}           | ${'is not a list of IPv4 addresses'}
    ${'ANCHOR_PORT'}                 | ${'-1'}                    | ${'is not a whole number from 1 to 65535'}
    ${'MAX_IN_FLIGHT'}               | ${'1000'}                  | ${'is not a whole number from 2 to 256'}
    ${'LOCK_MS'}                     | ${'1'}                     | ${'is not a whole number from 500 to 600000'}
    ${'STALLED_MS'}                  | ${'1'}                     | ${'is not a whole number from 250 to 600000'}
  `('says of $name that it $problem, and does not repeat "$value"', ({ name, value, problem }) => {
    const problems = problemsOf({ ...bot, [name]: value });

    expect(problems).toEqual([`${name} ${problem}`]);
    // A single digit is in many a limit.
    if (value.trim().length > 3) expect(problems.join()).not.toContain(value.trim());
  });

  it('names every problem at once, each once, and never a value', () => {
    const wrong = Object.fromEntries(variableNames.map((name) => [name, `${secret} ${name.length}`]));

    const problems = problemsOf(wrong);

    expect(problems.length).toBeGreaterThan(15);
    expect(new Set(problems).size).toBe(problems.length);
    expect(problems.join()).not.toContain(secret);
  });

  it('says once of a list that several of its entries are wrong', () => {
    expect(problemsOf({ ...bot, ANCHORS_IPV6: 'one,two' })).toEqual(['ANCHORS_IPV6 is not a list of IPv6 addresses']);
  });

  it('keeps the values out of the error in every form that a log may take of it', () => {
    try {
      readConfig({ ...bot, REDIS_URL: `http://user:${secret}@redis`, PORT: secret }, 'bot');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BotError);
      const { message, stack, cause, say } = error as BotError; // as the line above says
      expect(JSON.stringify([message, stack, say, String(cause), error])).not.toContain(secret);
    }
  });

  it('takes an empty variable for one that is not set', () => {
    const { slack, policy } = readConfig({ ...bot, SLACK_MODE: '', PORT: ' ', APPROVER_GROUP: '' }, 'bot');

    expect(slack).toMatchObject({ mode: 'socket', port: 3_000 });
    expect(policy.approverGroup).toBeNull();
  });

  it.each(['https://slack.example/api', 'https://slack.example/api/'])('joins methods onto %s', (url) => {
    expect(readConfig({ ...bot, SLACK_API_URL: url }, 'bot').slack.apiUrl).toBe('https://slack.example/api/');
  });

  it('refuses a worker that was told to be the other one', () => {
    expect(problemsOf({ ...worker, ROLE: 'remediate' }, 'probe')).toEqual(['ROLE is not probe']);
    expect(problemsOf({ ...bot, ROLE: 'probe' }, 'bot')).toEqual([]);
  });

  describe('.env.example', () => {
    const lines = readFileSync('.env.example', 'utf8').split('\n');
    const entries = lines.flatMap((line, index) => {
      const [, name, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, value: value ?? '', above: lines[index - 1] ?? '' }];
    });

    it('has every variable of the config, in its order, and no other', () => {
      expect(entries.map(({ name }) => name)).toEqual(variableNames);
    });

    it.each(entries)('says above $name what it is', ({ above }) => {
      expect(above).toMatch(/^# \S.{10,}/);
      expect(above).not.toMatch(/^# ----/);
    });

    it('holds no secret, and every default as the config has it', () => {
      const given: Record<string, string> = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
      const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, DECISION_KEY } = given;
      expect([SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, DECISION_KEY]).toEqual(['', '', '', '']);

      const secrets = { SLACK_BOT_TOKEN: secret, SLACK_APP_TOKEN: 'x', DECISION_KEY: 'k'.repeat(32) };
      // What has no default.
      const named = ['REDIS_URL', 'IPV6CHECK_CLUSTERS', 'IPV6CHECK_CLUSTER', 'GRANTS_FILE'];
      const bare = Object.fromEntries(named.map((name) => [name, given[name]]));
      expect(readConfig({ ...given, ...secrets }, 'bot')).toEqual(readConfig({ ...bare, ...secrets }, 'bot'));
    });
  });
});
