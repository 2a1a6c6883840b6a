import { createInterface } from 'node:readline';
import type { Session } from './session.ts';

const help = `What you can type:
  /ipv6check shop/checkout     ask about a pod (also: help, active, revoke <id>)
  as bob                       be bob (an approver), carol (another), or alice (who may ask)
  press <button>               press the newest button of that name, such as: press Ask for a temporary policy
  show                         the channel as it is now
  quit`;

/** The newest message on which this person sees a button of that label. */
function findButton({ workspace }: Session, who: string, label: string) {
  const seen = workspace.visibleTo(who, 'incidents');
  return [...seen].reverse().flatMap((message) => {
    const exact = workspace.buttons(message).find((each) => each.toLowerCase() === label.toLowerCase());
    return exact ? [{ message, label: exact }] : [];
  })[0];
}

async function press(session: Session, who: string, label: string): Promise<string> {
  const found = findButton(session, who, label);
  if (!found) return `${who} sees no button "${label}".`;
  const { message } = found;
  const click = (options: { confirm?: boolean }) =>
    session.workspace.click(who, message, { label: found.label }, options);
  // Whether a button asks first is only known to the one who presses it.
  await click({}).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes('asks first')) return click({ confirm: true });
    throw error;
  });
  return `${who} pressed "${found.label}".`;
}

/** A terminal in the workspace's #incidents: keeps everything running until `quit` or the end of input. */
export async function converse(session: Session, pageUrl?: string): Promise<number> {
  const { workspace, world } = session;
  const print = (text: string) => process.stdout.write(`${text}\n`);
  let who = 'alice';
  print(
    `The lab is up: ${world.fault ? `fault ${world.fault}` : 'healthy'}, seed ${world.seed}, pod ${world.subject.namespace}/${world.subject.pod}.`,
  );
  if (pageUrl) print(`In a browser: ${pageUrl}`);
  print(`${help}\n`);

  let shown = workspace.text('incidents', who);
  const watching = setInterval(() => {
    const now = workspace.text('incidents', who);
    if (now === shown) return;
    shown = now;
    print(`\n${now}\n`);
  }, 500);
  // With no terminal and no input the lab stays up until it is told to stop.
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: `${who}> `,
    terminal: process.stdin.isTTY,
  });
  lines.prompt();

  try {
    for await (const line of lines) {
      const text = line.trim();
      const [word = '', ...rest] = text.split(/\s+/);
      const argument = rest.join(' ');
      if (word === 'quit' || word === 'exit') return 0;
      if (word === 'show') print(workspace.text('incidents', who));
      else if (word === 'as' && argument in workspace.people) who = argument;
      else if (word === 'press') print(await press(session, who, argument).catch(String));
      else if (word.startsWith('/')) {
        const { response, error } = await workspace.command(who, 'incidents', argument, word);
        if (response || error) print(`(only ${who} sees this) ${response?.text ?? error}`);
      } else if (text !== '') print(help);
      lines.setPrompt(`${who}> `);
      lines.prompt();
    }
    if (!process.stdin.isTTY) await new Promise(() => {});
    return 0;
  } finally {
    clearInterval(watching);
    lines.close();
  }
}
