import type { ComponentChildren } from 'preact';
import { slackDate } from './dates.ts';
import { useLab } from './lab.ts';
import { type Node, parseMrkdwn } from './mrkdwn.ts';
import type { Snapshot } from './protocol.ts';

/** Slack's markup, drawn. Text stays text: nothing of it can become an element. */
export function Mrkdwn({ text }: { text: string }) {
  const { shown } = useLab();
  return <>{drawn(parseMrkdwn(text), shown)}</>;
}

const drawn = (nodes: readonly Node[], shown: Snapshot): ComponentChildren =>
  nodes.map((node, index) => <One key={`${index}`} node={node} shown={shown} />);

function One({ node, shown }: { node: Node; shown: Snapshot }) {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>;
    case 'bold':
      return <b>{drawn(node.inside, shown)}</b>;
    case 'italic':
      return <i>{drawn(node.inside, shown)}</i>;
    case 'strike':
      return <s>{drawn(node.inside, shown)}</s>;
    case 'quote':
      return <blockquote>{drawn(node.inside, shown)}</blockquote>;
    case 'code':
      return <code>{node.text}</code>;
    case 'fence':
      return <pre>{node.text}</pre>;
    case 'link':
      return <Link url={node.url} label={node.label} />;
    case 'date':
      return <>{node.format ? slackDate(node.seconds, node.format, { now: new Date() }) : node.fallback}</>;
    default:
      return <Mention node={node} shown={shown} />;
  }
}

/** Followed only by a click, in a window of its own, and only to the web. */
export function Link({ url, label }: { url: string; label: string }) {
  if (!/^https?:/i.test(url)) return <>{label}</>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {label}
    </a>
  );
}

function Mention({ node, shown }: { node: Extract<Node, { id: string }>; shown: Snapshot }) {
  const { kind, id, label } = node;
  const names = {
    user: shown.people.find((person) => person.id === id)?.name,
    group: shown.groups.find((group) => group.id === id)?.handle,
    channel: shown.channels.find((channel) => channel.id === id)?.name,
    broadcast: id,
  };
  const name = names[kind] ?? (label.replace(/^[@#]/, '') || id);
  const isMine =
    kind === 'broadcast' || id === shown.me || shown.groups.some((group) => group.id === id && group.isMine);
  return <span class={`mention${isMine ? ' mine' : ''}`}>{`${kind === 'channel' ? '#' : '@'}${name}`}</span>;
}
