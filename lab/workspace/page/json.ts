import type { Json } from './protocol.ts';

/** Blocks have been judged by the workspace; a missing part is drawn as nothing. */
export const shape = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(shape) : []);
export const words = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The text of a composition object. */
export const textIn = (value: unknown): string => words(shape(value).text);
