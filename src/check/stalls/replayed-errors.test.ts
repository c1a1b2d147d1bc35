import { expect, test } from 'vitest';
import { recordingOf } from '../../../test/support/example-recordings.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { TrafficSession } from '../../core/traffic.ts';
import { judgeErrors } from './judge-errors.ts';

const settings = settingsSchema.parse({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-at-head', schema: ['s.sql'] },
});

const replayed = (name: string, statement: string, callsPerHour: number): TrafficSession => ({
  ...{ name, kind: 'replay', statement, pid: 1, callsPerHour, runs: 9, durations: { p50Ms: 1, p95Ms: 1, maxMs: 1 } },
  errors: [{ sqlstate: '42703', message: 'column "total" does not exist', count: 3, firstMs: 5 }],
});

test('an error of the application’s own statements is told once, with how often production runs each of them', () => {
  const sessions = [replayed('replay 1', 'select total from invoice', 18_000), replayed('replay 2', 'select id, total from invoice', 0.2)];
  const findings = judgeErrors({ report: { sessions, stalls: [], without: [] }, recording: recordingOf(), settings });
  expect(findings).toMatchObject([{ severity: 'blocker', rootCause: 'compatibility' }]);
  expect(findings[0]?.detail).toMatch(/Production runs it less than once an hour[\s\S]*Production runs it about 18,000 times an hour/);
});
