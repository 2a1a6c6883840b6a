import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, execToEnd, rawExec, refusedExec } from './exec-client.ts';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const pods = '/api/v1/namespaces/shop/pods';

describe('lab/cluster/trouble', () => {
  it('throttles in plain text, the next two requests only, and never an exec', async () => {
    lab.cluster.trouble.failNext(2, 'too-many-requests');

    const exec = await execToEnd(lab, {});
    const answers = [await lab.ask('prober', 'GET', pods), await lab.ask('prober', 'GET', pods)];
    const after = await lab.ask('prober', 'GET', pods);

    expect(exec.closeCode).toBe(1000);
    expect(answers.map(({ code }) => code)).toEqual([429, 429]);
    expect(answers[0]?.text.trim()).toBe('Too many requests, please try again later.');
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    expect(answers[0]?.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(after.code).toBe(200);
  });

  it('fails only what matches', async () => {
    lab.cluster.trouble.failNext(1, 'server-error', /^GET .*\/nodes/);

    expect((await lab.ask('prober', 'GET', pods)).code).toBe(200);
    expect((await lab.ask('prober', 'GET', '/api/v1/nodes')).code).toBe(500);
  });

  it('drops a connection without an answer', async () => {
    lab.cluster.trouble.failNext(1, 'drop');

    await expect(lab.ask('prober', 'GET', pods)).rejects.toThrow('fetch failed');
    expect(lab.cluster.audit.at(-1)?.code).toBe(0);
  });

  it('shows every request to a witness, who can cut it off before its effect or after it', async () => {
    const seen: string[] = [];
    let cut = '';
    lab.cluster.trouble.witness = async ({ moment, method, url, user, code }) => {
      seen.push(`${moment} ${method} ${url} ${user} ${code}`);
      return moment === cut ? 'drop' : undefined;
    };
    const path = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
    const named = (name: string) => ({
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' } },
      spec: { podSelector: {}, policyTypes: ['Egress'] },
    });

    cut = 'before';
    await expect(lab.ask('admin', 'POST', path, { body: named('never') })).rejects.toThrow('fetch failed');
    cut = 'after';
    await expect(lab.ask('admin', 'POST', path, { body: named('unsaid') })).rejects.toThrow('fetch failed');
    cut = '';
    await lab.ask('admin', 'GET', `${path}/missing`);

    const names = lab.cluster.objects('NetworkPolicy').map(({ metadata }) => metadata.name);
    expect(names).toContain('unsaid');
    expect(names).not.toContain('never');
    expect(seen).toEqual([
      `before POST ${path} admin 0`,
      `before POST ${path} admin 0`,
      `after POST ${path} admin 201`,
      `before GET ${path}/missing admin 0`,
      `after GET ${path}/missing admin 404`,
    ]);
    expect(lab.cluster.audit.slice(-3).map(({ code }) => code)).toEqual([0, 201, 404]);
  });

  it('answers late', async () => {
    lab.cluster.trouble.latencyMs = 150;
    const started = Date.now();

    await lab.ask('prober', 'GET', pods);

    expect(Date.now() - started).toBeGreaterThan(140);
  });

  it('refuses new connections and takes them again on the same port', async () => {
    await lab.cluster.trouble.refuseConnections(true);
    const refused = await rawExec(lab, {}).opened.catch((error: unknown) => error);
    await lab.cluster.trouble.refuseConnections(false);

    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect((await lab.ask('prober', 'GET', pods)).code).toBe(200);
  });

  it('cuts open streams', async () => {
    const run = rawExec(lab, { command: ['sh', '-c', 'echo up; exec sleep 60'] });
    await run.until(/up/);

    lab.cluster.trouble.cutConnections();

    expect((await run.done).closeCode).toBe(1006);
  });

  it('lets an exec hang after the upgrade', async () => {
    lab.cluster.trouble.exec = 'hang';
    const run = rawExec(lab, { command: ['echo', 'hi'] });
    await run.opened;
    await lab.ask('prober', 'GET', pods);
    run.socket.terminate();

    expect((await run.done).frames).toEqual([]);
  });

  it('leaves a handshake without an answer', async () => {
    lab.cluster.trouble.exec = 'no-answer';
    const run = rawExec(lab, {});
    const failed = run.opened.catch((error: unknown) => String(error));

    await eventually(() => lab.cluster.audit.some(({ verb, code }) => verb === 'exec' && code === 0), 'the request');
    run.socket.terminate();

    expect(await failed).toContain('closed before the connection was established');
  });

  it('drops an exec in the middle of its output', async () => {
    lab.cluster.trouble.exec = 'drop';

    const result = await execToEnd(lab, { command: ['echo', '0123456789'] });

    expect(result.closeCode).toBe(1006);
    expect('0123456789\n').toContain(result.stdout());
    expect(result.frames.some(({ channel }) => channel === 3)).toBe(false);
  });

  it('says Success for a run that it cut short', async () => {
    lab.cluster.trouble.exec = 'early-success';

    const result = await execToEnd(lab, { command: ['echo', '0123456789'] });

    expect(result.stdout()).toBe('012345');
    expect(result.status().status).toBe('Success');
    expect(result.closeCode).toBe(1000);
  });

  it('floods until the client has had enough', async () => {
    lab.cluster.trouble.exec = 'flood';
    const run = rawExec(lab, {});
    let bytes = 0;
    run.socket.on('message', (data: Buffer) => {
      bytes += data.length;
      if (bytes > 3_000_000) run.socket.terminate();
    });

    expect((await run.done).closeCode).toBe(1006);
    expect(bytes).toBeGreaterThan(3_000_000);
  });

  it('sends bytes that are no text', async () => {
    lab.cluster.trouble.exec = 'garbage';

    const result = await execToEnd(lab, { command: ['echo', 'hi'] });

    expect(result.stdout()).toContain('\ufffd');
    expect(result.status().status).toBe('Success');
  });

  it('loses a kubelet or a runtime before the upgrade, for the pods it is told', async () => {
    lab.cluster.trouble.execIn = ({ pod }) => pod === 'checkout-1';
    lab.cluster.trouble.exec = 'kubelet-down';
    const kubelet = JSON.parse((await refusedExec(lab, {})).text);
    const sibling = await execToEnd(lab, { pod: 'checkout-2' });
    lab.cluster.trouble.exec = 'runtime-down';
    const runtime = await refusedExec(lab, {});

    expect(kubelet).toMatchObject({
      code: 500,
      message: 'error dialing backend: dial tcp node1:10250: connect: connection refused',
    });
    expect(kubelet).not.toHaveProperty('reason');
    expect(sibling.closeCode).toBe(1000);
    expect(runtime.text).toMatch(
      /^rpc error: code = Unavailable desc = .*containerd\.sock: connect: connection refused/,
    );
  });

  it('holds enforcement back and catches up', async () => {
    lab.cluster.trouble.holdEnforcement = true;
    await lab.cluster.remove({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'checkout-2', namespace: 'shop' } });
    const while_held = lab.network.enforced.length;
    lab.cluster.trouble.holdEnforcement = false;

    await eventually(() => lab.network.enforced.length === while_held + 1, 'the catching up');
  });
});
