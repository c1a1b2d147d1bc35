import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Everything: the tests of `npm test` with all of their cases, and the long proofs in test/full. */
export default defineConfig({
  test: {
    ...base.test,
    exclude: ['test/real/**', 'node_modules/**'],
    env: { PGREHEARSE_FULL_TESTS: '1' },
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
