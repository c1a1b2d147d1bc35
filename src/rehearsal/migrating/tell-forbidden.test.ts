import { expect, test } from 'vitest';
import { testContext } from '../../../test/support/test-context.ts';
import { settingsSchema } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { StatementRecord } from '../../core/migration.ts';
import { fail, ok } from '../../core/result.ts';
import { tellForbidden } from './tell-forbidden.ts';

const settings = (more: Record<string, unknown> = {}, record = { enabled: false }) =>
  settingsSchema.parse({
    source: { urlVariable: 'SOURCE_URL' },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: '0001', ...more },
    baseline: { mode: 'init-at-head', schema: ['head.sql'] },
    record,
  });
const statement = (change: Partial<StatementRecord> = {}): StatementRecord => ({
  ...{ migration: '0002_b', index: 1, place: { file: '0002_b.sql', line: 1 }, text: 'create table b (id int)', rows: null, durationMs: 1 },
  ...change,
});
const met = (sqlstate: string, index = 1) => statement({ index, error: { sqlstate, message: 'no' } });
const failed = fail(failure('migration-failed', 'it failed'));

test('what the migrations failed of gives the failure its cause; what was passed over before doesn’t', () => {
  const context = testContext();
  expect(tellForbidden(context, settings(), { statements: [statement(), met('42P07', 2)] }, undefined, failed)).toBe('structural-parity');
  expect(context.events.at(-1)).toMatchObject({ type: 'gate', gate: { gate: 'forbidden-errors', outcome: 'failed' } });
  expect(tellForbidden(context, settings(), { statements: [met('42P07'), met('23505', 2)] }, undefined, failed)).toBeUndefined();
  expect(tellForbidden(context, settings({ forbiddenErrors: [] }), { statements: [met('42P07')] }, undefined, failed)).toBeUndefined();
  expect(tellForbidden(context, settings(), { statements: [met('42P07')] }, undefined, ok({ count: 1 }))).toBeUndefined();
});

test('a recorder that did not start is told by its own failure, and nothing is judged', () => {
  const context = testContext();
  expect(tellForbidden(context, settings({}, { enabled: true }), { statements: [] }, undefined, failed)).toBeUndefined();
  expect(context.events).toEqual([]);
});
