import { writeFileSync } from 'node:fs';
import { HTTPReceiver } from '@slack/bolt';
import { signature } from '../../lab/workspace/http-delivery.ts';
import { boltLogger } from '../../src/adapters/bolt-logger.ts';
import { grantsFile } from '../../src/adapters/grants-file.ts';
import { composeBot } from '../../src/compose.ts';
import type { Message, Threads } from '../../src/ports.ts';
import { type Grants, mayApprove, mayCheck, mayOverride } from '../../src/remediation/grants.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { approvalActions } from '../../src/slack/views/approval.ts';
import { cardActions } from '../../src/slack/views/card.ts';
import { refusalMessage } from '../../src/slack/views/refusal.ts';
import { endingActions } from '../../src/slack/views/reminder.ts';
import { type BotWorld, botWorld } from './bot-world.ts';
import { t0 } from './builders.ts';
import { aPerson } from './fake-people.ts';
import type { Bent, HostileClass, HttpBend } from './hostile-classes.ts';
import { captureLog } from './log.ts';

/** What came of one class on one surface. */
export interface Came {
  /** Everything that anybody is shown, as it goes to Slack. */
  readonly shown: readonly Message[];
  /** Where nothing is shown: how it was turned away. */
  readonly refused: readonly string[];
}

/** Every message that goes through these threads, from now on. */
export function heardOn(threads: Threads): Message[] {
  const heard: Message[] = [];
  const { post, update, tell } = threads;
  const hear = (message: Message): Message => {
    heard.push(message);
    return message;
  };
  const hearing: Threads = {
    post: (place, message) => post(place, hear(message)),
    update: (place, message) => update(place, hear(message)),
    tell: (person, message) => tell(person, hear(message)),
  };
  Object.assign(threads, hearing);
  return heard;
}

const cards = {
  lapsed: { lapsesAt: new Date(t0.getTime() - 1_000).toISOString() },
  rejected: { state: 'rejected', log: [{ event: 'reject', by: 'U0SECOND', at: t0.toISOString(), note: '' }] },
  ended: { state: 'reverted', log: [{ event: 'revoke', by: 'U0SECOND', at: t0.toISOString(), note: '' }] },
} as const satisfies Record<string, unknown>;

interface Populated {
  readonly world: BotWorld;
  /** Of the policy whose card stands in the channel. */
  readonly id: string;
  /** Everything that is said from now on. */
  readonly shown: Message[];
  /** Throws where anything was decided, or where a job waits whose names are no names. */
  assertHarmless(): void;
}

/** A bot among whose people there are some who may nothing. */
async function populated(by?: Bent): Promise<Populated> {
  const world = botWorld();
  const { persons, channels } = world.people;
  persons.set('U0STRANGER', aPerson('stranger', { teamId: 'T0OTHER' }));
  persons.set('U0GUEST', aPerson('guest', { isGuest: true }));
  persons.set('U0ROBOT', aPerson('robot', { isBot: true }));
  persons.set('U0LEFT', aPerson('left', { isDeactivated: true }));
  channels.set('C0SILENT', null);
  const bent = ['U0STRANGER', 'U0GUEST', 'U0ROBOT', 'U0LEFT', 'U0GHOST'];
  // A grant by name, so that who they are is all that stands against them.
  world.grants = {
    grants: [...world.grants.grants, { users: bent, namespaces: ['*'], may: ['check', 'approve'] }],
  };
  const card = by?.card === undefined ? {} : structuredClone(cards[by.card]);
  const id = await world.proposed(card as Partial<Remediation>); // the table is as constant as the record is not
  const before = JSON.stringify(world.record(id));

  function assertHarmless(): void {
    if (JSON.stringify(world.record(id)) !== before) throw new Error(`somebody decided: ${world.record(id).state}`);
    for (const { payload, name } of world.jobs.waiting) {
      const { target, destination } = payload as { target: { namespace: string; name: string }; destination: unknown };
      const host = (destination as { host: string } | null)?.host ?? 'none';
      const names = [target.namespace, target.name, host];
      if (name !== 'diagnose' || names.some((each) => !/^[a-z0-9:]([-a-z0-9.:]*[a-z0-9:])?$/.test(each))) {
        throw new Error(`a job was queued: ${JSON.stringify(payload)}`);
      }
    }
  }
  return { world, id, shown: heardOn(world.threads), assertHarmless };
}

const acknowledged = (answer: unknown): Message[] => (answer ? [answer as Message] : []);

/** Typed behind the command, at every place where the grammar takes a word. */
export async function asCommand({ text, by }: HostileClass): Promise<Came> {
  const { world, id, shown, assertHarmless } = await populated(by);
  const lines = [text, `shop/${text}`, `shop/deploy/${text}`, `${text}:shop/checkout`, `${text}/checkout`];
  for (const line of [...lines, `shop/checkout to ${text}`, `shop/checkout to [${text}]:443`, `revoke ${text}`]) {
    const queued = world.jobs.waiting.length;
    const answer = acknowledged(await world.command(line, { user: 'U0CHECKER', ...by }));
    // Without an answer the check has begun, and its card is the answer.
    if (answer.length === 0 && world.jobs.waiting.length === queued) throw new Error(`no answer to ${line}`);
    shown.push(...answer);
  }
  if (by) shown.push(...acknowledged(await world.command(`revoke ${id}`, by)));
  // Where they are of another team, or where others listen, not even a question is answered.
  const isElsewhere = by?.team !== undefined || by?.channel === 'C0SHARED' || by?.channel === 'C0SILENT';
  if (isElsewhere && (await world.command('shop/checkout', by)) === null) throw new Error('a check was started');
  assertHarmless();
  return { shown, refused: [] };
}

const everyAction = [...Object.values(cardActions), ...Object.values(approvalActions), ...Object.values(endingActions)];

/** As the value of every button that the bot hears; and, by who may not, the true one. */
export async function asButton({ text, by }: HostileClass): Promise<Came> {
  const { world, id, shown, assertHarmless } = await populated(by);
  for (const action of everyAction) {
    if ((await world.press(action, text, by ?? { user: 'U0APPROVER' })) === null)
      throw new Error(`${action}: no answer`);
  }
  if (by && (await world.press(approvalActions.approve, id, by)) === null) throw new Error('approved');
  assertHarmless();
  return { shown, refused: [] };
}

const secret = 'the signing secret of these tests';

function headersOf(bend: HttpBend | undefined, body: string): Record<string, string> {
  const time = Math.floor(Date.now() / 1_000) - (bend === 'old' ? 6 * 60 : 0);
  const signed = signature(bend === 'other-secret' ? 'another' : secret, time, bend === 'other-body' ? 'x=y' : body);
  return {
    'content-type': 'application/x-www-form-urlencoded',
    ...(bend === 'no-time' ? {} : { 'x-slack-request-timestamp': String(time) }),
    ...(bend === 'unsigned'
      ? {}
      : { 'x-slack-signature': bend === 'no-version' ? signed.replace('v0=', 'v9=') : signed }),
  };
}

/** As a command and as a button in requests over HTTP, which anybody can send. */
export async function asRequest({ text, by, http }: HostileClass): Promise<Came> {
  const { world, id, shown, assertHarmless } = await populated(by);
  const { log } = captureLog();
  const receiver = new HTTPReceiver({ signingSecret: secret, logger: boltLogger(log) });
  composeBot({ ...world.deps, receiver, botToken: 'xoxb-not-a-token', boltLogger: boltLogger(log) });
  const server = await receiver.start(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { user = 'U0APPROVER', team = 'T0HOME', channel = 'C0INCIDENT' } = by ?? {};
  const refused: string[] = [];
  const send = async (fields: Record<string, string>): Promise<void> => {
    const body = new URLSearchParams(fields).toString();
    const url = `http://127.0.0.1:${port}/slack/events`;
    const answer = await fetch(url, { method: 'POST', body, headers: headersOf(http, body) });
    const said = await answer.text();
    if (!answer.ok) refused.push(`HTTP ${answer.status}`);
    else if (said !== '') shown.push(JSON.parse(said));
  };
  const where = { user_id: user, team_id: team, channel_id: channel, response_url: 'https://hooks.example/1' };
  const press = (value: string, trigger: string) => ({
    ...{ type: 'block_actions', user: { id: user, team_id: team }, team: { id: 'T0HOME' }, trigger_id: trigger },
    ...{ channel: { id: channel }, response_url: 'https://hooks.example/2', container: { type: 'message' } },
    actions: [{ type: 'button', action_id: approvalActions.approve, block_id: 'b', value }],
  });

  try {
    await send({ ...where, command: '/ipv6check', text: `shop/${text}/x/y`, trigger_id: 'trigger-1' });
    await send({ payload: JSON.stringify(press(text, 'trigger-2')) });
    if (by || http) await send({ payload: JSON.stringify(press(id, 'trigger-3')) });
  } finally {
    await receiver.stop();
  }
  assertHarmless();
  return { shown, refused };
}

/** As the file of grants, and as a name in it. Whoever could do nothing before can do nothing after. */
export function asGrants({ text }: HostileClass, path: string): Came {
  const refused: string[] = [];
  const good: Grants = { grants: [{ users: ['U0APPROVER'], namespaces: ['bank'], may: ['approve'] }] };
  const grant = { users: ['U0NOBODY'], namespaces: [text], may: ['check', 'approve', 'approve-override'] };
  const files = [
    text,
    JSON.stringify({ grants: [grant] }),
    JSON.stringify({ grants: [{ ...grant, users: [text], namespaces: ['*'] }] }),
    JSON.stringify({ grants: [{ ...grant, namespaces: ['*'], clusters: [text] }] }),
    JSON.stringify({ grants: [{ ...grant, namespaces: ['*'], may: [text] }] }),
    `{"grants":[],${JSON.stringify(text)}:1}`,
  ];
  for (const [index, file] of files.entries()) {
    const own = `${path}-${index}`;
    writeFileSync(own, JSON.stringify(good));
    const grants = grantsFile(own, ({ problem }) => void refused.push(problem));
    writeFileSync(own, file);
    const who = { user: 'U0NOBODY', groups: [], channel: 'C0INCIDENT', cluster: 'lab', namespace: 'shop' };
    const judged = [mayCheck, mayApprove, mayOverride].map((may) => may(grants.current(), who));
    if (judged.some(({ ok }) => ok)) throw new Error(`file ${index} lets somebody in`);
    refused.push(...judged.flatMap((each) => (each.ok ? [] : [each.reason])));
  }
  return { shown: refused.map(refusalMessage), refused };
}
