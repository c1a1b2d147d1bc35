import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Everything: the tests of `npm test`, and the long proofs in test/full. */
export default mergeConfig(base, defineConfig({ test: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 120_000 } }));
