import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { scan } from './scan.ts';
import { scriptComments, splitStatements, statementTexts } from './split-statements.ts';

const texts = (sql: string) => splitStatements(sql).map((statement) => statement.text);

test.each([
  ['select 1; select 2', ['select 1', 'select 2']],
  [";;\n ; select ';';", ["select ';'"]],
  ["select 'it''s;'; select 2", ["select 'it''s;'", 'select 2']],
  ["select '\\'; select 2", ["select '\\'", 'select 2']],
  ["select E'\\';'; select 2", ["select E'\\';'", 'select 2']],
  ["select e'a'\n  -- c\n '\\';b'; select 2", ["select e'a'\n  -- c\n '\\';b'", 'select 2']],
  ["select U&'\\0041;', U&\"a;b\", B'1', X'1F'; select 2", ["select U&'\\0041;', U&\"a;b\", B'1', X'1F'", 'select 2']],
  ['select "a;""b"; select 2', ['select "a;""b"', 'select 2']],
  ['do $$ begin; end $$; select 2', ['do $$ begin; end $$', 'select 2']],
  ['do $größe$ ; $$ ; $größe$; select 2', ['do $größe$ ; $$ ; $größe$', 'select 2']],
  ['select a$$; select b$$', ['select a$$', 'select b$$']],
  ['select $1; select $2', ['select $1', 'select $2']],
  ['select 1 -- ; not\n; select 2', ['select 1', 'select 2']],
  ['select /* /* ; */ ; */ 1; select 2', ['select /* /* ; */ ; */ 1', 'select 2']],
  ['create rule r as on insert to t do also (select 1; select 2); select 3', ['create rule r as on insert to t do also (select 1; select 2)', 'select 3']],
  ['begin; select 1; end; select 2', ['begin', 'select 1', 'end', 'select 2']],
  ['select 1;\r\nselect 2;\r\n', ['select 1', 'select 2']],
  ['\uFEFFselect 1', ['select 1']],
  ['-- only\n/* comments */', []],
])('cuts %j', (sql, expected) => {
  expect(texts(sql)).toEqual(expected);
  expect(statementTexts(sql)).toEqual(expected);
});

test('keeps the body of an SQL-standard function together', () => {
  const body = `create or replace function f(a int) returns int
  begin atomic
    select case when a > 0 then 1 else 2 end;
    select t.end as end from t;
    select case a when 1 then case 2 when 2 then 3 end end;
  end`;
  expect(texts(`${body};\nselect 1;`)).toEqual([body, 'select 1']);
});

test('knows lines, offsets and comments', () => {
  const sql = '-- head\n\nselect 1; -- tail\n/* a\nb */ select\n2;\n-- end';
  const [first, second] = splitStatements(sql);
  expect(first).toEqual({ text: 'select 1', start: 9, line: 3, leadingComments: [{ text: '-- head', start: 0, line: 1 }] });
  expect(second?.line).toBe(5);
  expect(second?.leadingComments?.map((comment) => comment.text)).toEqual(['-- tail', '/* a\nb */']);
  expect(sql.slice(second?.start)).toMatch(/^select\n2/);
  expect(scriptComments(sql).map((comment) => [comment.text, comment.line])).toEqual([
    ['-- head', 1],
    ['-- tail', 3],
    ['/* a\nb */', 4],
    ['-- end', 7],
  ]);
});

test('names psql commands and cut-off scripts', () => {
  expect(splitStatements('\\connect x\n select 1;\n  \\echo ; done\nselect 2')).toMatchObject([
    { text: '\\connect x', meta: true, line: 1 },
    { text: 'select 1', line: 2 },
    { text: '\\echo ; done', meta: true, line: 3 },
    { text: 'select 2', line: 4 },
  ]);
  expect(splitStatements("select 1; select 'a; b")[1]).toMatchObject({ text: "select 'a; b", unterminated: 'string' });
  expect(splitStatements('do $a$ x $b$')[0]?.unterminated).toBe('dollar-string');
  expect(splitStatements('select 1; /* x')[1]?.unterminated).toBe('block-comment');
});

const piece = fc.constantFrom(
  'select 1',
  "select ';'",
  "select E'\\';\\\\'",
  'do $x$ ; $$ ; $x$',
  'select "a;b"',
  'select /* ; /* */ */ 1',
  'create function f() returns int begin atomic select 1; select case when true then 2 end; end',
  'insert into t values (1, (2))',
  "select U&'d\\0061t;'",
  "select 'x'\n';y'",
);

test('cutting a joined script gives its statements', () => {
  const separator = fc.constantFrom(';', ';\n', ' ; -- c;\n', '\n;;/* ; */\r\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, separator)), (parts) => {
      expect(texts(parts.flat().join(''))).toEqual(parts.map(([text]) => text));
    }),
  );
});

test('any text is scanned without gaps, and cutting twice changes nothing', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'ab1 \n;\'"$\\()/*-E.é,') });
  fc.assert(
    fc.property(noise, (sql) => {
      expect([...scan(sql)].map((token) => sql.slice(token.start, token.end)).join('')).toBe(sql);
      for (const statement of splitStatements(sql)) {
        if (statement.meta || statement.unterminated) continue;
        expect(sql.slice(statement.start).startsWith(statement.text)).toBe(true);
        if (!/^\\|\(/.test(statement.text)) expect(texts(`${statement.text};`)).toEqual([statement.text]);
      }
    }),
    { numRuns: 500 },
  );
});

test('Postgres runs the pieces as it runs the whole', async () => {
  const sql = `create table t (a text); insert into t values ('x;'';'), (E'\\';'), ($q$;$q$), ('\\'), ('a'
    'b;');
    create function f() returns text begin atomic select a from t order by a limit 1; select case when true then ';' end; end;
    insert into t select f() /* ; /* ; */ */ ; -- ;`;
  const rows = async (run: (sql: string) => Promise<{ rows: unknown[] }>) => (await run('select a from t order by a')).rows;
  const whole = await withDatabase(15, sql, async (_, run) => rows(run));
  const pieces = await withDatabase(15, '', async (_, run) => {
    for (const statement of splitStatements(sql)) await run(statement.text);
    return rows(run);
  });
  expect(whole).toHaveLength(6);
  expect(pieces).toEqual(whole);
});
