import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: labs are processes of their own, so more files at once only make each of them slower.
    maxWorkers: 2,
    sequence: { shuffle: true },
  },
});
