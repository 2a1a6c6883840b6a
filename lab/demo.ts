import { parseDemoArguments, usage } from './arguments.ts';
import { ask } from './asking.ts';
import { converse } from './conversation.ts';
import { messageOfTheDay } from './message-of-the-day.ts';
import { awaitBot, type Session, startSession } from './session.ts';
import { builtPage } from './workspace/serving/build.ts';
import { servePage } from './workspace/serving/serve.ts';

const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function once(session: Session, line: string, json: boolean): Promise<number> {
  const { card, thread, report, ephemeral } = await ask(session, line);
  if (json)
    process.stdout.write(`${JSON.stringify({ card, thread, report, ...(card ? {} : { ephemeral }) }, null, 2)}\n`);
  else if (card) process.stdout.write(`${session.workspace.threadText('incidents', card.ts)}\n`);
  else process.stdout.write(`(only alice sees this) ${ephemeral}\n`);
  return card ? 0 : EX_USAGE;
}

/** The workspace in a browser, and in this terminal. */
async function talk(session: Session, building: Promise<string>): Promise<number> {
  const { workspace, world } = session;
  workspace.notice('incidents', messageOfTheDay(world));
  const about = `${world.fault ? `fault ${world.fault}` : 'nothing is broken'}, seed ${world.seed}`;
  // The terminal has all of it too, so a page that cannot be built ends nothing.
  const folder = await building.catch((error: unknown) => say(error instanceof Error ? error.message : String(error)));
  const page = folder ? await servePage(workspace, { folder, about }) : undefined;
  try {
    return await converse(session, page?.url);
  } finally {
    await page?.close();
  }
}

async function main(): Promise<number> {
  let options: ReturnType<typeof parseDemoArguments>;
  try {
    options = parseDemoArguments(process.argv.slice(2));
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return EX_USAGE;
  }
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }

  // The page is built while the lab starts. Whoever wants one line of JSON waits for no page.
  const building = options.once === undefined ? builtPage() : undefined;
  building?.catch(() => {}); // said where it is awaited
  let session: Session;
  try {
    session = await startSession({ fault: options.fault, seed: options.seed, http: options.http });
  } catch (error) {
    say(`ipv6check demo: ${error instanceof Error ? error.message : String(error)}`);
    return EX_UNAVAILABLE;
  }
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(130));
  });
  const work = async () => {
    await awaitBot(session);
    if (options.once !== undefined) return once(session, options.once, options.json);
    return talk(session, building ?? builtPage());
  };
  try {
    return await Promise.race([work(), stopped]);
  } catch (error) {
    say(`ipv6check demo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    if (options.verbose) for (const { name, log } of session.processes.values()) say(`--- ${name}\n${log()}`);
    await session.close();
  }
}

// An open handle of a library must not keep a demonstration that is over from ending.
process.exit(await main());
