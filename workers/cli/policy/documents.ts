import { parseAllDocuments } from 'yaml';
import { type Manifests, objectsIn, type Problem } from '../../../src/policy/manifests.ts';

/** Tags of YAML 1.1 that Kubernetes' parser has not: sexagesimal numbers above all, or `80:59` would be no range of ports. */
const unknownToKubernetes = /:(timestamp|binary|omap|pairs|set)$/;

const options = {
  // Kubernetes reads YAML 1.1: a bare `y`, `on` or `no` is a boolean, and 010 is eight.
  version: '1.1',
  merge: true,
  prettyErrors: false,
  logLevel: 'error',
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === 'string' || (!unknownToKubernetes.test(tag.tag) && tag.format !== 'TIME')),
} as const satisfies Parameters<typeof parseAllDocuments>[1];

/** The objects of one file, whatever is wrong with the others in it. */
export function objectsInText(text: string, name: string): Manifests {
  const asJson = /^\s*[[{]/.test(text) ? jsonOf(text) : null;
  const documents = asJson ? [asJson] : documentsOf(text);
  const read = documents.map((document, index): Manifests => {
    const where = documents.length > 1 ? `${name} document ${index + 1}` : name;
    if (document.problem !== null) return malformed(where, document.problem);
    const fault = faultOf(document.value);
    return fault === null ? objectsIn(document.value, where) : malformed(where, fault);
  });
  return {
    found: read.flatMap(({ found }) => found),
    problems: read.flatMap(({ problems }) => problems),
  };
}

const malformed = (where: string, why: string): Manifests => {
  const problem: Problem = { namespace: null, text: `${where} cannot be read: ${why}` };
  return { found: [], problems: [problem] };
};

interface Document {
  readonly value: unknown;
  readonly problem: string | null;
}

/** Null where it is not JSON after all, as a mapping of YAML may begin alike. */
function jsonOf(text: string): Document | null {
  try {
    return { value: JSON.parse(text), problem: null };
  } catch {
    return null;
  }
}

function documentsOf(text: string): Document[] {
  try {
    // The type says that an empty stream is no list; it is iterable all the same.
    return [...parseAllDocuments(text, options)].map((document): Document => {
      const [error] = document.errors;
      if (error) return { value: null, problem: error.message.split('\n')[0] ?? 'it is not YAML' };
      try {
        return { value: document.toJS({ maxAliasCount: 1_000 }), problem: null };
      } catch (caught) {
        return { value: null, problem: wordsOf(caught) };
      }
    });
  } catch (caught) {
    return [{ value: null, problem: wordsOf(caught) }];
  }
}

const wordsOf = (caught: unknown): string =>
  caught instanceof RangeError ? 'it is nested too deeply' : caught instanceof Error ? caught.message : String(caught);

const deepest = 100;

/** Aliases can tie a knot, or fold much into little; a template that was not filled in has mappings for keys. */
function faultOf(document: unknown): string | null {
  const path = new Set<object>();
  const seen = new Set<object>();
  const walk = (value: unknown): string | null => {
    if (typeof value !== 'object' || value === null) return null;
    if (path.has(value)) return 'an alias in it leads back to what it is in';
    if (seen.has(value)) return null;
    if (path.size > deepest) return 'it is nested too deeply';
    path.add(value);
    for (const [key, own] of Object.entries(value)) {
      const fault = /^[[{]/.test(key) ? 'one of its keys is no text' : walk(own);
      if (fault !== null) return fault;
    }
    path.delete(value);
    seen.add(value);
    return null;
  };
  return walk(document);
}
