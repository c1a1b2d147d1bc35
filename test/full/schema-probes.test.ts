import { describe } from 'vitest';
import { describeProbes } from '../schema/describe-probes.ts';

describe('by both engines on PostgreSQL 18', () => describeProbes(18, ['whole']));
