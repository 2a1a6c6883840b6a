import type { JSX } from 'preact';
import { Control, type ControlProps } from './control.tsx';
import { Input } from './input.tsx';
import { list, shape, textIn, words } from './json.ts';
import { Mrkdwn } from './mrkdwn.tsx';
import type { Json, Target } from './protocol.ts';
import { RichText } from './rich-text.tsx';

export interface BlocksProps {
  readonly blocks: readonly Json[];
  readonly where: Target | 'modal' | 'home';
  /** What has been entered in a view, by action_id, and what is wrong with it, by block_id. */
  readonly entries?: Readonly<Record<string, string>>;
  readonly errors?: Readonly<Record<string, string>>;
  onEnter?(actionId: string, value: string): void;
  onProblem(problem: string): void;
}

export function Blocks({ blocks, ...props }: BlocksProps) {
  return (
    <>
      {blocks.map((block) => (
        <Block key={words(block.block_id)} block={block} {...props} />
      ))}
    </>
  );
}

export function Text({ value }: { value: unknown }) {
  return shape(value).type === 'mrkdwn' ? <Mrkdwn text={textIn(value)} /> : textIn(value);
}

type DrawProps = Omit<BlocksProps, 'blocks'> & { readonly block: Json };

function Block(props: DrawProps) {
  const draw = drawings[words(props.block.type)];
  return draw ? draw(props) : <p class="unknown">A {words(props.block.type)} block, which the lab does not draw</p>;
}

const controlOf = ({ block, where, onProblem, entries }: DrawProps, element: Json): ControlProps => ({
  ...{ element, where, onProblem, blockId: words(block.block_id) },
  ...(entries ? { entries } : {}),
});

const drawings: Readonly<Record<string, (props: DrawProps) => JSX.Element>> = {
  // One level below the name of the channel, the thread, the tab or the modal that it is in.
  header: ({ block }) => <h2 class="block-header">{textIn(block.text)}</h2>,
  divider: () => <hr />,
  section: (props) => (
    <div class="block-section">
      {props.block.text !== undefined && (
        <div class="text">
          <Text value={props.block.text} />
        </div>
      )}
      {list(props.block.fields).length > 0 && (
        <div class="fields">
          {list(props.block.fields).map((field, index) => (
            <div key={`${index}`} class="text">
              <Text value={field} />
            </div>
          ))}
        </div>
      )}
      {props.block.accessory !== undefined && <Control {...controlOf(props, shape(props.block.accessory))} />}
    </div>
  ),
  context: ({ block }) => (
    <div class="block-context">
      {list(block.elements).map((element, index) => (
        <span key={`${index}`} class="text">
          <Text value={element} />
        </span>
      ))}
    </div>
  ),
  actions: (props) => (
    <div class="block-actions">
      {list(props.block.elements).map((element) => (
        <Control key={words(element.action_id)} {...controlOf(props, element)} />
      ))}
    </div>
  ),
  rich_text: ({ block }) => <RichText elements={list(block.elements)} />,
  image: ({ block }) => (
    <figure>
      {block.title !== undefined && <figcaption>{textIn(block.title)}</figcaption>}
      <img src={`files/${words(shape(block.slack_file).id)}`} alt={words(block.alt_text)} />
    </figure>
  ),
  input: (props) => <Input {...props} />,
};
