import { describe } from 'vitest';
import { describeProbes } from '../schema/describe-probes.ts';

describe.each([15, 18] as const)('by both engines, and by the catalogs alone, on PostgreSQL %i', (major) => describeProbes(major, ['facts', 'whole']));
