import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import type { Migration } from '../../../core/migration.ts';
import { readFlywayVersion } from './file-name.ts';
import { type FlywayIdentity, type HistoryRow, historyRows } from './read-history-table.ts';

const [file] = migrationFiles({ x: '' });
const migration = (revision: string, checksum = '1'): Migration => ({ ...file, revision, checksum, up: '', upLine: 1, optsOutOfTransaction: false }) as never;
const versioned = (version: string, revision = `V${version}__x`): FlywayIdentity => {
  const read = readFlywayVersion(version);
  return { migration: migration(revision), description: 'x', ...(read === undefined ? {} : { version: read }) };
};
const repeatable = (description: string, checksum: string): FlywayIdentity => ({ migration: migration(`R__${description}`, checksum), description });
const row = (version: string | null, given: Partial<HistoryRow> = {}): HistoryRow => ({
  version,
  description: 'x',
  type: 'SQL',
  script: 'x',
  checksum: '1',
  success: true,
  ...given,
});
const repo = [versioned('1'), versioned('1.1', 'V1_1__x'), versioned('2')];

test('rows by version, however it is written; what the repo lacks stays as it is', () => {
  expect(historyRows([row('1.0'), row('1.1', { checksum: '-7' }), row('9')], repo)).toEqual([
    { value: 'V1__x', state: 'applied', checksum: '1' },
    { value: 'V1_1__x', state: 'applied', checksum: '-7' },
    { value: '9', state: 'applied', checksum: '1' },
  ]);
});

test('the row of a made schema is none; one that failed is unfinished', () => {
  expect(historyRows([row(null, { type: 'SCHEMA' }), row('1', { success: false })], repo)).toEqual([{ value: 'V1__x', state: 'unfinished', checksum: '1' }]);
});

test('a baseline stands for what is up to it, whose checksums nobody compares', () => {
  expect(historyRows([row('1.1', { type: 'BASELINE', checksum: null, description: '<< Flyway Baseline >>' }), row('2')], repo)).toEqual([
    { value: 'V1__x', state: 'applied' },
    { value: 'V1_1__x', state: 'applied' },
    { value: 'V2__x', state: 'applied', checksum: '1' },
  ]);
  expect(historyRows([row('3', { type: 'BASELINE' })], [])).toEqual([{ value: '3', state: 'applied' }]);
});

test('undone, deleted, and applied again', () => {
  expect(historyRows([row('1'), row('1', { type: 'UNDO_SQL' }), row('2'), row('2', { type: 'DELETE' })], repo)).toEqual([
    { value: 'V1__x', state: 'reverted' },
    { value: 'V2__x', state: 'reverted' },
  ]);
  expect(historyRows([row('1'), row('1', { type: 'UNDO_SQL' }), row('1')], repo)).toEqual([{ value: 'V1__x', state: 'applied', checksum: '1' }]);
});

test('a repeatable one is applied as long as its newest row has its checksum', () => {
  const views = [repeatable('views', '5'), repeatable('grants', '6')];
  const rows = [
    row(null, { description: 'views', checksum: '5' }),
    row(null, { description: 'grants', checksum: '6' }),
    row(null, { description: 'views', checksum: '4' }),
  ];
  expect(historyRows(rows, views)).toEqual([{ value: 'R__grants', state: 'applied', checksum: '6' }]);
  expect(historyRows([...rows, row(null, { description: 'views', checksum: '5' })], views)).toHaveLength(2);
  expect(historyRows([row(null, { description: 'gone' })], views)).toEqual([]);
  expect(historyRows([row(null, { description: 'views', success: false })], views)).toEqual([{ value: 'R__views', state: 'unfinished' }]);
});
