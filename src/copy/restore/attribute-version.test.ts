import { expect, test } from 'vitest';
import { withoutAttributeVersion } from './attribute-version.ts';

const alter = (parameters: string, column = 'a') => `ALTER TABLE ONLY public."T b" ALTER COLUMN ${column} SET (${parameters});`;

test('what a column’s parameters say of the WAL is taken out, and nothing else', () => {
  expect(withoutAttributeVersion(alter('pg_attver=22111792'))).toBeUndefined();
  expect(withoutAttributeVersion(alter('pg_attver=22111792', '"pg; a"'))).toBeUndefined();
  expect(withoutAttributeVersion(alter('pg_attver=22111792, n_distinct=5'))).toBe(alter('n_distinct=5'));
  for (const kept of [alter('n_distinct=5'), `COMMENT ON TABLE t IS '${alter('pg_attver=1')}';`, `SELECT 1;\n${alter('pg_attver=1')}`])
    expect(withoutAttributeVersion(kept)).toBe(kept);
});
