import type { IncomingMessage, ServerResponse } from 'node:http';
import { isShape } from '../problems.ts';
import { onTheWire, type State } from '../state.ts';
import { type Methods, refuse, required, writableChannel } from './method.ts';
import { rawBodyOf } from './request.ts';

function listOf(value: unknown): readonly unknown[] {
  try {
    const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return Array.isArray(list) && list.length > 0 ? list : refuse('invalid_arguments');
  } catch {
    return refuse('invalid_arguments');
  }
}

/** Uploading as Slack has it since files.upload is gone: an address, the bytes, and then who may see them. */
export function fileMethods(state: State, baseUrl: string): Methods {
  const { files, directory, messages } = state;

  return {
    'files.getUploadURLExternal': (args) => {
      const length = Number(required(args, 'length'));
      if (!Number.isInteger(length) || length <= 0) return refuse('invalid_arguments');
      const { file, path } = files.reserve(required(args, 'filename'), length, String(args.alt_txt ?? ''));
      return { upload_url: `${baseUrl}${path}`, file_id: file.id };
    },

    'files.completeUploadExternal': (args) => {
      const named = listOf(args.files).map((entry) => {
        const file = files.find(String(isShape(entry) ? entry.id : ''));
        if (!file?.bytes) return refuse('file_not_found');
        return { file, title: isShape(entry) && typeof entry.title === 'string' ? entry.title : file.name };
      });
      const id = args.channel_id === undefined ? undefined : String(args.channel_id);
      const channel = id === undefined ? undefined : writableChannel(directory, id);
      const threadTs = args.thread_ts === undefined ? undefined : String(args.thread_ts);
      if (channel && threadTs && !messages.hasThread(channel.id, threadTs)) return refuse('thread_not_found');

      for (const { file, title } of named) Object.assign(file, { title, isComplete: true });
      const shown = named.map(({ file: { id, name, title } }) => ({ id, name, title }));
      if (!channel) return { files: shown };
      const text = String(args.initial_comment ?? '');
      const posting = { channel: channel.id, user: directory.bot.id, text, blocks: [], threadTs, files: shown };
      const message = messages.post(posting);
      return { files: shown, message: onTheWire(state, message) };
    },
  };
}

/** The bytes, raw or in a form, to the address that was handed out for them. */
export async function takeUpload({ files }: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await bytesOf(request);
  const taken = files.receive(request.url ?? '', bytes);
  response.writeHead(taken ? 200 : 400, { 'content-type': 'text/plain' });
  response.end(taken ? `OK - ${bytes.length}` : 'invalid upload');
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const body = await rawBodyOf(request);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const [first] = [...form.values()].filter((value) => typeof value !== 'string');
  return first ? Buffer.from(await first.arrayBuffer()) : Buffer.alloc(0);
}
