import { boundedList, boundedString, isShape, onlyKeys, type Spot } from './problems.ts';

const leaves: Readonly<Record<string, readonly string[]>> = {
  text: ['text', 'style'],
  link: ['url', 'text', 'style', 'unsafe'],
  user: ['user_id', 'style'],
  usergroup: ['usergroup_id', 'style'],
  broadcast: ['range', 'style'],
  emoji: ['name', 'unicode', 'style'],
};

const groups: Readonly<Record<string, readonly string[]>> = {
  rich_text_section: [],
  rich_text_preformatted: ['border', 'language'],
  rich_text_quote: ['border'],
};

export function checkRichText(elements: unknown, spot: Spot): void {
  for (const [index, group] of boundedList(elements, Number.POSITIVE_INFINITY, spot).entries()) {
    checkGroup(group, spot.at(index));
  }
}

function checkGroup(group: unknown, spot: Spot) {
  const known = isShape(group) ? groups[String(group.type)] : undefined;
  if (!isShape(group) || !known) return spot.complain('unsupported type');
  onlyKeys(group, ['type', 'elements', ...known], spot);
  const given = boundedList(group.elements, Number.POSITIVE_INFINITY, spot.at('elements'));
  for (const [index, leaf] of given.entries()) checkLeaf(leaf, spot.at('elements').at(index));
}

function checkLeaf(leaf: unknown, spot: Spot) {
  const keys = isShape(leaf) ? leaves[String(leaf.type)] : undefined;
  if (!isShape(leaf) || !keys) return spot.complain('unsupported type');
  onlyKeys(leaf, ['type', ...keys], spot);
  if (leaf.type === 'text') boundedString(leaf.text, Number.POSITIVE_INFINITY, spot.at('text'), 1);
}
