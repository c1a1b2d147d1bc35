import { test } from 'vitest';
import { pgbenchRuns } from '../record/proxy-pgbench.ts';

test.each(['simple', 'extended'] as const)('pgbench -M %s runs while we ask at every ReadyForQuery', pgbenchRuns);
