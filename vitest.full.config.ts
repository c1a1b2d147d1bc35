import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Everything: the tests of `npm test`, and the long proofs in test/full. */
export default defineConfig({ test: { ...base.test, exclude: ['test/real/**', 'node_modules/**'], testTimeout: 600_000, hookTimeout: 120_000 } });
