import { expect, test } from 'vitest';
import type { Recording } from '../../core/recording.ts';
import { ledgerOrder } from './ledger-order.ts';

const known = new Set(['a', 'b', 'm', 'it’s']);
const writes = { table: 'alembic_version', find: (value: string) => (known.has(value) ? value : undefined) };

function recorded(...texts: readonly (string | { readonly text: string; readonly transaction: number })[]): Recording {
  const statements = texts.map((one, at) => ({ id: at + 1, transaction: 1, ...(typeof one === 'string' ? { text: one } : one) }));
  return {
    transactions: [
      { id: 1, outcome: 'committed' },
      { id: 2, outcome: 'rolled-back' },
    ],
    statements,
  } as unknown as Recording;
}

test('revisions in the order of the ledger’s writes, a merge after what it merges', () => {
  const seen = recorded(
    `CREATE TABLE t (a text default 'm')`,
    `INSERT INTO alembic_version (version_num) VALUES ('a')`,
    `select 'm'`,
    `INSERT INTO public.alembic_version (version_num) VALUES ('b') RETURNING version_num`,
    `UPDATE alembic_version SET version_num='m' WHERE alembic_version.version_num = 'a'`,
    `DELETE FROM alembic_version WHERE version_num = 'b'`,
  );
  expect(ledgerOrder(seen, writes, ['a', 'b', 'm'])).toEqual(['a', 'b', 'm']);
});

test('what was rolled back, goes into another table or was bound says nothing', () => {
  const one = `INSERT INTO alembic_version (version_num) VALUES ('a')`;
  expect(ledgerOrder(recorded({ text: one, transaction: 2 }), writes, ['a'])).toBeUndefined();
  expect(ledgerOrder(recorded(`INSERT INTO others (version_num) VALUES ('a')`), writes, ['a'])).toBeUndefined();
  expect(ledgerOrder(recorded('INSERT INTO alembic_version (version_num) VALUES ($1)'), writes, ['a'])).toBeUndefined();
  expect(ledgerOrder(recorded(one), writes, ['a', 'b'])).toBeUndefined();
  expect(ledgerOrder(undefined, writes, ['a'])).toBeUndefined();
});
