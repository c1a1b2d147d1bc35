import { describe } from 'vitest';
import { describeMutations } from '../schema/describe-mutations.ts';

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => describeMutations(major));
