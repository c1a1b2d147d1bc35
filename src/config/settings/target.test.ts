import { expect, test } from 'vitest';
import { settingsSchema } from '../schema.ts';
import { settingsProblems } from '../settings-problems.ts';
import { showPath } from '../show-path.ts';

const rds = { instance: 'production', account: '111122223333', region: 'eu-central-1' };
const attestation = { by: 'dba', at: '2026-01-01T00:00:00Z', reason: 'restored for this rehearsal' };
const rest = { migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat' }, baseline: { mode: 'init-then-migrations' } };
const problemsOf = (given: object) => settingsProblems(settingsSchema, { ...rest, ...given }).map(({ path }) => showPath(path));

test('in place is one word, or says how further clones come', () => {
  expect(settingsSchema.parse({ ...rest, source: { rds }, target: 'throwaway' }).target).toEqual({ throwaway: {} });
  const wished = { throwaway: { secondClones: 'restore' } };
  expect(settingsSchema.parse({ ...rest, source: { rds }, target: wished }).target).toEqual(wished);
});

test('in place needs a copy of production that may be changed, and nothing that happens on the way to another one', () => {
  const target = 'throwaway';
  expect(problemsOf({ source: { urlVariable: 'PRODUCTION' }, target })).toEqual(['target']);
  expect(problemsOf({ source: { attached: { urlVariable: 'CLONE', attestation } }, target })).toEqual(['source.attached.attestation']);
  expect(problemsOf({ source: { attached: { urlVariable: 'CLONE', attestation: { ...attestation, mayBeChanged: true } } }, target })).toEqual([]);
  expect(problemsOf({ source: { rds }, target, masking: { columns: [], undecided: 'keep' }, image: { keepHours: 1 } }).length).toBeGreaterThan(0);
  expect(problemsOf({ source: { rds }, target, image: { keepHours: 1 } })).toEqual(['image.keepHours']);
});
