import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const folder = process.env.PGREHEARSE_REAL;
if (folder === undefined || folder === '') {
  throw new Error('Set PGREHEARSE_REAL to the folder that holds the real migration histories (docs.rs, openfga, river).');
}
if (!existsSync(folder)) throw new Error(`PGREHEARSE_REAL names ${folder}, which does not exist.`);

/** Rehearsals of public projects' own migration histories: needs their files, so it is no part of the usual tests. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
