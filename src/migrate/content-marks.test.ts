import { expect, test } from 'vitest';
import type { Migration } from '../core/migration.ts';
import { readContentMarks } from './content-marks.ts';

const migration = (up: string, upLine = 1): Migration => ({ revision: '2', file: 'db/2.sql', sha256: '', up, upLine, optsOutOfTransaction: false });
const read = (up: string, upLine?: number) => readContentMarks([migration(up, upLine)]);

test('a declaration names its table, its columns, its reason and its place', () => {
  const up = `-- pgrehearse: no-transaction
-- pgrehearse: changes public.users(email, "Phone"): it's masked from now on
alter table users /* pgrehearse: changes Orders: nobody reads: them */ drop email;
  --pgrehearse:changes app."My Table" ( a ) : reason enough, isn't it`;
  expect(read(up, 5)).toEqual({
    ok: true,
    value: [
      { table: 'public.users', columns: ['email', 'Phone'], reason: "it's masked from now on", by: 'db/2.sql:6' },
      { table: 'orders', reason: 'nobody reads: them', by: 'db/2.sql:7' },
      { table: 'app."My Table"', columns: ['a'], reason: "reason enough, isn't it", by: 'db/2.sql:8' },
    ],
  });
});

test('what stands in a string or a body is no comment of the migration', () => {
  const mark = '-- pgrehearse: changes users: a reason that is long';
  expect(read(`select '\n${mark}\n'; do $$\n${mark}\n$$; select "\n${mark}\n"; -- see pgrehearse: changes users`)).toEqual({ ok: true, value: [] });
});

test.each([
  ['changes users', 'a colon and the reason are missing'],
  ['changes users:', 'the reason is shorter than 10 characters'],
  ['changes users: short', 'the reason is shorter than 10 characters'],
  ['changes users(email: a reason that is long', 'the list of columns can’t be read'],
  ['changes users(): a reason that is long', 'the list of columns can’t be read'],
  ['changes users(email,): a reason that is long', 'the list of columns can’t be read'],
  ['changes users.: a reason that is long', 'the name of a table is missing'],
  ['changes a.b.c: a reason that is long', 'a colon and the reason are missing'],
  ['changes: a reason that is long', '"changes:" is not something that a mark can say'],
  ['chagnes users: a reason that is long', '"chagnes" is not something that a mark can say'],
  ['changes 7: a reason that is long', 'the name of a table is missing'],
])('malformed, by file and line: %s', (text, message) => {
  expect(read(`select 1;\n-- pgrehearse: ${text}\nselect 2`, 3)).toMatchObject({
    ok: false,
    failure: { code: 'migration-mark-malformed', message: `db/2.sql:4: ${message}: pgrehearse: ${text}`, place: { file: 'db/2.sql', line: 4 } },
  });
});

test('all malformed marks are told at once', () => {
  const found = readContentMarks([migration('-- pgrehearse: a'), migration('\n-- pgrehearse: b')]);
  expect(found).toMatchObject({ ok: false, failure: { problems: [{ place: { line: 1 } }, { place: { line: 2 } }] } });
});
