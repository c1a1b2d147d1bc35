import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { checksumOf, readSqlx } from './read-sqlx.ts';
import { sqlx } from './sqlx.ts';

const read = (texts: Record<string, string>, ignored?: readonly string[]) => readSqlx(migrationFiles(texts), ignored);

test('simple and reversible files by number; ways find each other by version', () => {
  const { migrations, problems } = read({
    '10_ten.sql': 'select 10',
    '2_two.up.sql': 'select 2',
    '02_other_name.down.sql': '-- no-transaction\nselect -2',
    'README.sql': 'no underscore',
    'notes_x.txt': '',
    'sub/1_one.sql': '',
  });
  expect(problems).toEqual([]);
  expect(migrations).toMatchObject([
    {
      revision: '2_two',
      down: '-- no-transaction\nselect -2',
      downFile: 'db/02_other_name.down.sql',
      downSentAs: 'one-query',
      sentAs: 'transaction',
      late: 'applied',
    },
    { revision: '10_ten' },
  ]);
});

test('the mark counts at the first byte only', () => {
  const { migrations } = read({ '1_a.sql': '-- no-transaction\nselect 1', '2_b.sql': '\n-- no-transaction\nselect 1', '3_c.sql': '-- no-transactions at all' });
  expect(migrations.map(({ sentAs }) => sentAs)).toEqual(['one-query', 'transaction', 'one-query']);
});

test.each([
  [{ 'seed_users.sql': '' }, /whole number before its first underscore/],
  [{ '1.2_a.sql': '' }, /whole number before its first underscore/],
  [{ '9223372036854775808_a.sql': '' }, /whole number before its first underscore/],
  [{ '1_a.sql': '', '01_b.sql': '' }, /fails when it records the second/],
  [{ '1_a.down.sql': '' }, /no way up with the same version/],
])('refused: %j', (texts, message) => {
  expect(read(texts).problems).toMatchObject([{ code: 'migration-format', message: expect.stringMatching(message) }]);
});

test('checksums: SHA-384, as FIPS 180-4 gives it for “abc”; of bytes, a byte order mark included', () => {
  expect(checksumOf('abc')).toBe('cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7');
  // The text that sqlx’s own tests strip of such characters.
  const text = '\uFEFFcreate table comment (\r\n\tcomment_id uuid primary key default gen_random_uuid()\r\n);\r\n';
  expect(checksumOf(text, [' ', '\t', '\r', '\n', '\uFEFF'])).toBe(checksumOf('createtablecomment(comment_iduuidprimarykeydefaultgen_random_uuid());'));
  const bytes = Buffer.from(`\uFEFFselect 1`);
  const [marked] = readSqlx([{ path: '1_a.sql', file: 'db/1_a.sql', text: 'select 1', sha256: createHash('sha256').update(bytes).digest('hex') }]).migrations;
  expect(marked).toMatchObject({ checksum: createHash('sha384').update(bytes).digest('hex'), up: '\uFEFFselect 1' });
});

test('edited is another text; other line ends are told as what they are', async () => {
  const { migrations } = read({ '1_a.sql': 'select 1;\nselect 2;\n' });
  const [migration] = migrations;
  if (migration === undefined) return expect.unreachable();
  const row = (checksum: string) => ({ value: '1', state: 'applied', checksum }) as const;
  expect(sqlx.wasEdited?.(migration, row(checksumOf('select 3')))).toBe(true);
  expect(sqlx.wasEdited?.(migration, row(checksumOf('select 1;\r\nselect 2;\r\n')))).toBe(false);
  const refusals = (text: string) => sqlx.refusals?.({} as never, {} as never, migrations, [row(checksumOf(text))], {} as never);
  expect(await refusals('select 1;\r\nselect 2;\r\n')).toMatchObject([{ code: 'tool-refuses', message: expect.stringContaining('other line ends') }]);
  expect(await refusals('select 1;\nselect 2;\n')).toEqual([]);
});

test('the description is cut as sqlx cuts it, from a name of docs.rs too', () => {
  const { migrations } = read({ '20240309082057_release_status_view.sql.up.sql': 'select 1', '7_a__b.sql.sql': 'select 2' });
  expect(migrations.map((one) => sqlx.ledgerValues?.(one, migrations).description)).toEqual(['a  b', 'release status view.sql']);
});
