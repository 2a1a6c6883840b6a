import { randomBytes } from 'node:crypto';

/** One uploaded file. Its bytes come after its id, and who may see it after both. */
export interface LabFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly length: number;
  readonly alt: string;
  bytes?: Buffer;
  isComplete: boolean;
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  json: 'application/json',
};

export type Files = ReturnType<typeof createFiles>;

export function createFiles() {
  const shelf = new Map<string, LabFile>();
  const slots = new Map<string, LabFile>();

  return {
    /** An id, and the address that takes the bytes once. */
    reserve(name: string, length: number, alt = ''): { readonly file: LabFile; readonly path: string } {
      const id = `F0LAB${String(shelf.size + 1).padStart(5, '0')}`;
      const file: LabFile = { id, name, title: name, length, alt, isComplete: false };
      const path = `/upload/v1/${randomBytes(12).toString('hex')}`;
      shelf.set(id, file);
      slots.set(path, file);
      return { file, path };
    },

    /** False when the address is unknown or used, or when the bytes are not as many as announced. */
    receive(path: string, bytes: Buffer): boolean {
      const file = slots.get(path);
      if (!file || file.length !== bytes.length) return false;
      slots.delete(path);
      file.bytes = bytes;
      return true;
    },

    find: (id: string): LabFile | undefined => shelf.get(id),
    isReady: (id: string): boolean => shelf.get(id)?.isComplete === true,
    typeOf: ({ name }: LabFile): string =>
      types[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream',
  };
}
