import { defineConfig } from 'vitest/config';

/** Rehearsals of public projects' own migration histories: needs their files, so it is no part of the usual tests. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    globalSetup: ['test/real/need-folder.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
