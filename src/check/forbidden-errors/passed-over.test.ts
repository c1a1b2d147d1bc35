import { expect, test } from 'vitest';
import { type ForbiddenErrorsInput, judgeForbiddenErrors, type ObservedStatement } from './judge-forbidden-errors.ts';
import { judgePassedOver } from './passed-over.ts';

const failing = (text: string, sqlstate: string): ObservedStatement => ({ text, error: { sqlstate, message: 'no' } });
const fill = "update public.item set state = 'done'";

function judge(statements: readonly ObservedStatement[], change: Partial<ForbiddenErrorsInput> = {}) {
  const input: ForbiddenErrorsInput = {
    forbidden: undefined,
    observer: 'recorder',
    statements: [{ text: 'select 1' }, ...statements],
    failed: false,
    ...change,
  };
  return judgePassedOver(judgeForbiddenErrors(input), input);
}

test('a tool that goes on after an error and ends well fails the gate', () => {
  const { gate, findings } = judge([failing(fill, '23514'), failing('select 2', '25P02'), { ...failing('insert into public.item values (1)', '23505') }]);
  expect(gate).toMatchObject({ outcome: 'failed', findingIds: ['forbidden-error:migration:all:passed-over'] });
  expect(findings).toMatchObject([{ severity: 'blocker', rootCause: 'sql-error', sql: { sqlstate: '23514', statement: fill } }]);
  expect(findings[0]?.detail).toContain('The first of 2 statements');
  expect(judge([{ ...failing(fill, '23514'), migration: '0002_b' }]).gate.findingIds).toEqual(['forbidden-error:migration:0002_b:passed-over']);
});

test('a forbidden error stays what it is, and what else was passed over is told beside it', () => {
  const { gate } = judge([failing(fill, '42P07'), failing(fill, '23514')]);
  expect(gate).toMatchObject({ outcome: 'failed', findingIds: [expect.stringMatching(/42P07$/), expect.stringMatching(/passed-over$/)] });
});

test('what was tried again, what only asks, what ended the run and what the team means to pass over isn’t told', () => {
  expect(judge([failing(fill, '40001'), { text: fill }]).gate.outcome).toBe('passed');
  expect(judge([failing('select revision from schema_migrations', '42P01')]).gate.outcome).toBe('passed');
  expect(judge([failing('select public.fill_items()', '23514')]).gate.outcome).toBe('failed');
  expect(judge([failing(fill, '23514')], { failed: true }).gate.outcome).toBe('passed');
  expect(judge([failing(fill, '23514')], { forbidden: ['42P07'] }).gate.outcome).toBe('passed');
  expect(judge([failing(fill, '23514')], { forbidden: [] }).gate.outcome).toBe('not-applicable');
});
