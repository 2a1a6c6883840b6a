import { list, shape, words } from './json.ts';
import { useLab } from './lab.ts';
import { Link } from './mrkdwn.tsx';
import type { Json } from './protocol.ts';

/** Text that the app meant as it is: nothing in it is read as markup. */
export function RichText({ elements }: { elements: readonly Json[] }) {
  return (
    <>
      {elements.map((group, index) => (
        <Group key={`${index}`} group={group} />
      ))}
    </>
  );
}

function Group({ group }: { group: Json }) {
  const inside = list(group.elements).map((leaf, index) => <Leaf key={`${index}`} leaf={leaf} />);
  if (group.type === 'rich_text_preformatted') {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls what it can focus
      <pre tabIndex={0}>{inside}</pre>
    );
  }
  return group.type === 'rich_text_quote' ? <blockquote>{inside}</blockquote> : <div class="text">{inside}</div>;
}

function Leaf({ leaf }: { leaf: Json }) {
  const { shown } = useLab();
  const { bold, italic, strike, code } = shape(leaf.style);
  if (leaf.type === 'link') return <Link url={words(leaf.url)} label={words(leaf.text) || words(leaf.url)} />;
  if (leaf.type === 'emoji') return <>{words(leaf.name)}</>;
  if (leaf.type !== 'text') {
    const id = words(leaf.user_id ?? leaf.usergroup_id ?? leaf.range);
    const person = shown.people.find((each) => each.id === id)?.name;
    return <span class="mention">@{person ?? shown.groups.find((each) => each.id === id)?.handle ?? id}</span>;
  }
  let drawn = <>{words(leaf.text)}</>;
  if (code) drawn = <code>{drawn}</code>;
  if (strike) drawn = <s>{drawn}</s>;
  if (italic) drawn = <i>{drawn}</i>;
  return bold ? <b>{drawn}</b> : drawn;
}
