import { expect, test } from 'vitest';
import type { Migration } from '../../core/migration.ts';
import type { WireStatement } from '../../record/proxy/contract.ts';
import { withoutStatements } from './run-again.ts';
import { effectOf, planEffects } from './tool-effects.ts';

const connection = { id: 1, pid: 1, user: 'u', database: 'd', applicationName: undefined };
const sent = (text: string, tag?: string): WireStatement => ({
  ...{ connection, protocol: 'simple', text, textCut: false, startedAt: 0, endedAt: 0, rows: null },
  ...(tag === undefined ? {} : { tag }),
});
const migration: Migration = {
  revision: '1',
  file: '1.sql',
  sha256: '',
  up: '-- first\ncreate table a (b int);\nselect\n  2;\ndrop table c',
  upLine: 5,
  optsOutOfTransaction: false,
};

test('what only looks is no effect; what was done tells more than its COMMIT', () => {
  expect(effectOf([sent('select 1', 'SELECT'), sent('begin', 'BEGIN')], 'T')).toBeUndefined();
  expect(effectOf([sent('drop table x')], 'I')).toBeUndefined();
  expect(effectOf([sent('drop table x', 'DROP TABLE'), sent('commit', 'COMMIT')], 'I')).toEqual({ text: 'drop table x', committed: true });
  expect(effectOf([sent('drop table x', 'DROP TABLE')], 'T')).toEqual({ text: 'drop table x', committed: false });
});

test('a tool is cut off behind all that it committed but the last, and once in a transaction; places are found in the repo', () => {
  const effects = [
    { text: 'CREATE  TABLE a (b int)', committed: false },
    { text: 'commit', committed: true },
    { text: 'insert', committed: true },
  ];
  const plan = planEffects(effects, 'tool', [migration]);
  expect(plan.points.map(({ id }) => id)).toEqual(['tool:in-1', 'tool:after-2']);
  expect(plan.points[0]?.place).toEqual({ file: '1.sql', line: 6 });
  expect(plan.points[1]?.place).toEqual({ file: 'tool' });
});

test('a statement that is left out leaves the others with their numbers and lines', () => {
  expect(
    withoutStatements(migration, [
      { migration: '1', statement: 2 },
      { migration: '2', statement: 1 },
    ]).up,
  ).toBe('-- first\ncreate table a (b int);\nselect\n;\ndrop table c');
  expect(withoutStatements(migration, [])).toBe(migration);
});
