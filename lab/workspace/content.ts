import { checkBlocks } from './blocks.ts';
import { limits } from './limits.ts';
import type { Block, Metadata } from './messages.ts';
import { isShape, type Shape } from './problems.ts';

export interface Refusal {
  readonly error: string;
  readonly messages?: readonly string[];
}

/** What a request says about a message; absent parts are undefined. */
export interface Draft {
  readonly text?: string;
  readonly blocks?: readonly Block[];
  readonly metadata?: Metadata;
}

export type Drafted = { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly refusal: Refusal };

const refuse = (error: string, messages?: readonly string[]): Drafted => ({
  ok: false,
  refusal: messages ? { error, messages } : { error },
});

/** Form-encoded requests carry structured arguments as JSON text. */
function structured(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // not JSON: the caller's own check words the refusal
  }
}

/** The one judgement of message content, for the Web API, acknowledgements and response_url alike. */
export function draftOf(
  args: Shape,
  { total = true, ...options }: { readonly total?: boolean; readonly hasFile?: (id: string) => boolean } = {},
): Drafted {
  const text = args.text === undefined || args.text === null ? undefined : String(args.text);
  if (text !== undefined && [...text].length > limits.text) return refuse('msg_too_long');

  const given = args.blocks === undefined || args.blocks === '' ? undefined : structured(args.blocks);
  if (given !== undefined && !Array.isArray(given)) return refuse('invalid_blocks_format');
  const checked = given && checkBlocks(given, options);
  if (checked && !checked.ok) return refuse('invalid_blocks', checked.problems);
  if (total && checked && checked.characters > limits.blockText) return refuse('msg_blocks_too_long');

  const metadata = args.metadata === undefined ? undefined : structured(args.metadata);
  if (metadata !== undefined && !isMetadata(metadata)) return refuse('invalid_metadata_format');
  if (metadata && JSON.stringify(metadata).length > limits.metadataBytes) return refuse('metadata_too_large');

  return {
    ok: true,
    draft: {
      ...(text === undefined ? {} : { text }),
      ...(checked ? { blocks: checked.blocks } : {}),
      ...(metadata ? { metadata } : {}),
    },
  };
}

function isMetadata(value: unknown): value is Metadata {
  return isShape(value) && typeof value.event_type === 'string' && isShape(value.event_payload);
}

/** A message must show something. */
export const saysNothing = ({ text, blocks }: Draft): boolean => !text?.trim() && !blocks?.length;
