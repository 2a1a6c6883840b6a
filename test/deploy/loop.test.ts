import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ask } from '../../lab/asking.ts';
import type { KubeObject } from '../../lab/contract.ts';
import { runCli } from '../../lab/product.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';
import { helm, leastValues, render } from '../helpers/chart.ts';
import { rolesOf } from '../helpers/chart-roles.ts';

let session: Session | undefined;

afterEach(async () => {
  await session?.close();
  session = undefined;
}, 30_000);

const ours = ({ cluster }: Session): readonly KubeObject[] =>
  cluster.objects().filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'ipv6check');

const said = ({ workspace }: Session, words: RegExp) =>
  workspace.waitFor(
    () => workspace.messages('incidents').some(({ ts }) => words.test(workspace.threadText('incidents', ts))),
    40_000,
  );

interface SlackApp {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
}

/** What our processes asked of the cluster and were not allowed. */
const refusals = ({ cluster }: Session) =>
  cluster.audit.filter(({ code }) => code === 403).map(({ user, verb, path }) => `${user} ${verb} ${path}`);

describe.skipIf(!helm.isThere)(`deploy/loop${helm.note}`, () => {
  it('goes all the way with the chart’s rights and the Slack app’s scopes, and with nothing else', async () => {
    const { oauth_config: app } = parse(readFileSync('deploy/slack/manifest-socket.yaml', 'utf8')) as SlackApp;
    session = await startSession({
      ...{ fault: 'k8s-np-ipv4-only-ipblock', seed: 71, env: { SWEEP_SECONDS: '1' } },
      ...{ roles: rolesOf(render(leastValues)), scopes: app.scopes.bot },
    });
    const running = session;
    await awaitBot(running);
    const { workspace, cluster } = running;

    const { card } = await ask(running, '/ipv6check shop/checkout');
    await workspace.click('alice', card!, { label: 'Ask for a temporary policy' });
    const approval = await workspace.waitFor(
      () => workspace.thread('incidents', card!.ts).find((message) => workspace.buttons(message).includes('Apply')),
      20_000,
    );
    await workspace.click('bob', approval, { label: 'Apply' }, { confirm: true });
    await said(running, /active/i);
    const [policy] = ours(running);
    expect(policy).toBeDefined();

    await workspace.command('bob', 'incidents', `revoke ${policy!.metadata.labels!['ipv6check.dev/remediation']}`);
    await said(running, /reverted/i);
    expect(ours(running)).toEqual([]);
    expect(refusals(running)).toEqual([]);

    // The reaper's account, on what nobody else is there to end.
    await Promise.all([...running.processes.values()].map((process) => process.stop()));
    const { resourceVersion: _, uid: __, ...metadata } = policy!.metadata;
    const annotations = { ...metadata.annotations, 'ipv6check.dev/expires-at': '2026-01-01T00:00:00Z' };
    await cluster.apply({ ...policy!, metadata: { ...metadata, annotations } });
    await cluster.apply({ ...policy!, metadata: { name: 'theirs', namespace: 'shop' } });
    writeFileSync(`${running.folder}/reaper.kubeconfig`, cluster.kubeconfig('reaper'), { mode: 0o600 });
    const reaped = await runCli(['reap', '--kubeconfig', `${running.folder}/reaper.kubeconfig`], {});

    expect(reaped).toMatchObject({ code: 0 });
    expect(ours(running)).toEqual([]);
    expect(cluster.objects('NetworkPolicy').map(({ metadata: { name } }) => name)).toContain('theirs');
    expect(refusals(running)).toEqual([]);
  }, 120_000);

  it('cannot exec without the right to, and says so', async () => {
    const roles = rolesOf(render(leastValues));
    const prober = roles.prober!.filter(({ resources }) => !resources.includes('pods/exec'));
    session = await startSession({ fault: 'k8s-np-ipv4-only-ipblock', seed: 72, roles: { ...roles, prober } });
    await awaitBot(session);

    const { card } = await ask(session, '/ipv6check shop/checkout');

    expect(refusals(session)).toContainEqual(expect.stringMatching(/ipv6check-prober .*exec/));
    expect(session.workspace.threadText('incidents', card!.ts)).toMatch(/forbidden|not allowed|may not/i);
  }, 120_000);
});
