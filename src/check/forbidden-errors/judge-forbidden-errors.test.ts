import { expect, test } from 'vitest';
import { type ForbiddenErrorsInput, judgeForbiddenErrors, type ObservedStatement } from './judge-forbidden-errors.ts';

const fine: ObservedStatement = { text: 'create table public.a (id int)', migration: '0002_a' };
const met = (sqlstate: string, message: string, migration: string | undefined = '0003_b'): ObservedStatement => ({
  ...{ text: 'create table public.b (id int)', migration, error: { sqlstate, message } },
});
const judge = (change: Partial<ForbiddenErrorsInput>) =>
  judgeForbiddenErrors({ forbidden: undefined, observer: 'recorder', statements: [fine], failed: false, ...change });

test('an error that the tool passed over fails the gate, with what its SQLSTATE means', () => {
  const causes = { '42P07': 'structural-parity', '42710': 'structural-parity', '42703': 'dependency-order', '55P03': 'lock', '40P01': 'lock' };
  for (const [sqlstate, rootCause] of Object.entries(causes)) {
    const { gate, findings } = judge({ statements: [fine, met(sqlstate, 'relation "b" already exists')] });
    expect(gate).toMatchObject({ outcome: 'failed', required: true, findingIds: [`forbidden-error:migration:0003_b:${sqlstate}`] });
    expect(findings).toMatchObject([{ severity: 'blocker', rootCause, migration: '0003_b', sql: { sqlstate, statement: 'create table public.b (id int)' } }]);
    expect(findings[0]?.detail).toMatch(/went on after it/);
  }
});

test('the statement at which the migrations ended is told as that, and tries of one statement are told once', () => {
  const statements = [met('55P03', 'canceling statement due to lock timeout'), met('55P03', 'canceling statement due to lock timeout')];
  expect(judge({ statements, failed: true }).findings).toHaveLength(1);
  expect(judge({ statements: [met('42P07', 'it exists')], failed: true }).findings[0]?.detail).toMatch(/ended there/);
});

test('the list is the team’s own', () => {
  expect(judge({ statements: [met('23505', 'duplicate key')] }).gate.outcome).toBe('passed');
  expect(judge({ statements: [met('23505', 'duplicate key')], forbidden: ['23505'] }).findings).toMatchObject([{ rootCause: 'sql-error' }]);
  expect(judge({ statements: [met('42P07', 'it exists')], forbidden: ['23505'] }).gate.outcome).toBe('passed');
  expect(judge({ statements: [met('42P07', 'it exists')], forbidden: [] }).gate).toMatchObject({ outcome: 'not-applicable', required: false });
});

test('what nobody saw is no pass', () => {
  expect(judge({ statements: [] }).gate).toMatchObject({ outcome: 'inconclusive', required: true, couldFail: false });
  expect(judge({ observer: 'nobody', statements: [] }).gate).toMatchObject({ outcome: 'inconclusive', required: false });
  expect(judge({ observer: 'nobody', statements: [], forbidden: ['42P07'] }).gate).toMatchObject({ outcome: 'inconclusive', required: true });
  expect(judge({ observer: 'runner' }).gate).toMatchObject({ outcome: 'passed', proof: '1 statement observed by the runner, each with the error that it met' });
});

test('errors that are caught inside the server can’t be seen: a doubt where the team forbids them by name, else a warning', () => {
  const block = (handler: string) => `do $$ begin create type public.t as enum ('a'); exception${handler}; end $$`;
  const asked = (text: string, forbidden?: readonly string[]) => {
    const { gate, findings } = judge({ statements: [{ text, migration: '0004_t' }], forbidden });
    return `${gate.outcome} ${findings.map(({ id, severity }) => `${id.split(':').at(-1)} ${severity}`).join()}`;
  };
  const duplicate = block(' when duplicate_object then null');
  expect(asked(duplicate)).toBe('passed caught-inside warning');
  expect(asked(duplicate, ['42710'])).toBe('inconclusive caught-inside doubt');
  expect(asked(duplicate, ['42P07'])).toBe('passed ');
  expect(asked(block(' -- why\n /* not */ when unique_violation or others then null'), ['42P07'])).toBe('inconclusive caught-inside doubt');
  expect(asked(block(" when sqlstate '42P07' then null"), ['42P07'])).toBe('inconclusive caught-inside doubt');
  expect(asked(block(' when unique_violation then raise; when duplicate_table then null'), ['42P07'])).toBe('inconclusive caught-inside doubt');
  expect(asked(block(' when unique_violation then null'), ['42P07'])).toBe('passed ');
  // A function that is made has not run.
  expect(asked(duplicate.replace('do ', 'create function f() returns void language plpgsql as '), ['42710'])).toBe('passed caught-inside note');
});
