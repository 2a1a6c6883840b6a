import type { Message } from '../../ports.ts';
import { escapeTo } from '../mrkdwn.ts';
import { section } from './blocks.ts';
import { limits } from './limits.ts';

/** One sentence to one person: what was wrong and what can be done. */
export function refusalMessage(sentence: string): Message {
  const text = escapeTo(sentence, limits.sectionText);
  return { text, blocks: [section(text)] };
}
