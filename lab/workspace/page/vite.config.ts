import type { UserConfig } from 'vite';

/** Relative addresses, because the page is served below a token; nothing inlined, because its policy allows no such thing. */
export default {
  base: './',
  root: import.meta.dirname,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { assetsInlineLimit: 0, modulePreload: false, reportCompressedSize: false, emptyOutDir: true },
} satisfies UserConfig;
