import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer } from '../../../test/support/databases.ts';
import { DebianServer } from '../../../test/support/debian-server.ts';
import { makeFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { Session } from '../../core/ports.ts';
import { runPgTap } from './run-pg-tap.ts';

const files: Readonly<Record<string, string>> = {
  'passes.sql': `\\unset ECHO\n\\set QUIET 1\n\\pset format unaligned\n\\ir inner/plan.sql
    select has_table('public', 'shop', 'there are shops');\nselect col_is_pk('public', 'shop', 'id', 'by id');
    select is(nextval('public.number'), 1::bigint, 'numbers start');
    prepare shops as select name from public.shop; select results_eq('shops', array['one', 'two'], 'two shops');
    select ok(true, 'nothing'); select * from finish(); rollback;`,
  'inner/plan.sql': 'begin; select plan(5);',
  'fails.sql':
    "begin; select plan(3); select has_table('shop'); select has_column('shop', 'price', 'a price'); select is(1, 2); select * from finish(); rollback;",
  'few.sql': "begin; select plan(3); select has_table('shop'); select * from finish(); rollback;",
  'noplan.sql': "begin; select has_table('shop'); rollback;",
  'unplanned.sql': "begin; select * from no_plan(); select has_table('shop'); select * from finish(); rollback;",
  'error.sql': "begin; select plan(2); select has_table('shop'); select price from public.shop; rollback;",
  'vacuous.sql': "begin; select plan(1); select ok(1 + 1 = 2, 'sums'); select * from finish(); rollback;",
  'skipped.sql': "begin; select plan(1); select skip('no data', 1); select * from finish(); rollback;",
  'todo.sql':
    "begin; select plan(2); select has_table('shop'); select * from todo_start('later'); select has_table('later'); select * from todo_end(); select * from finish(); rollback;",
  'empty.sql': '-- nothing\n',
  'bails.sql': "begin; select plan(1); select 'Bail out! no way'; select ok(true); rollback;",
  'commits.sql': "begin; select plan(1); select has_table('shop'); commit;",
  'psql.sql': "\\set shop 'one'\nbegin; select plan(1); select is(:'shop', 'one'); rollback;",
  'rows.sql':
    "begin; select plan(1); insert into public.shop values (3, 'three'); select is((select count(*) from public.shop), 3::bigint, 'three shops'); select * from finish(); rollback;",
};

let server: DebianServer;
let admin: Session;
const folder = makeFolder('pgr-tap-');
beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'tests', path)), { recursive: true });
    writeFileSync(join(folder, 'tests', path), text);
  }
  server = await DebianServer.start();
  admin = unwrap(await testContext().edge.postgres.connect(server.admin));
  await admin.execute(`create table public.shop (id integer primary key, name text); insert into public.shop values (1, 'one'), (2, 'two'); create sequence public.number;
    create role reader; grant select on public.shop to reader`);
});
afterAll(async () => {
  await admin.close();
  await server[Symbol.asyncDispose]();
});

async function run(entries: readonly string[], role?: string) {
  const outcomes = await runPgTap(testContext(), server.admin, { files: [...entries], required: true, ...(role === undefined ? {} : { role }) }, folder, 0);
  return Object.fromEntries(outcomes.map((outcome) => [outcome.gate.gate, outcome]));
}

test('files pass, fail or prove nothing by what they print, and leave nothing behind', async () => {
  const outcomes = await run(['tests/*.sql', 'nowhere/*.sql']);
  const short = Object.fromEntries(
    Object.entries(outcomes).map(
      ([
        gate,
        {
          gate: { outcome, summary },
        },
      ]) => [gate.replace(/^pgtap:(tests\/)?/, ''), `${outcome}: ${summary}`],
    ),
  );
  expect(short).toEqual({
    'passes.sql': 'passed: 5 tests pass.',
    'fails.sql': 'failed: 2 of 3 tests fail.',
    'few.sql': expect.stringMatching(/^failed: .*3 tests were planned, 1 ran/),
    // pgTAP itself refuses a test before the plan.
    'noplan.sql': expect.stringMatching(/^failed: .*plan/),
    'unplanned.sql': 'passed: 1 test passes.',
    'error.sql': expect.stringMatching(/^failed: .*error\.sql:1: column "price" does not exist/),
    'vacuous.sql': expect.stringMatching(/^inconclusive: .*pass as well when every table/),
    'skipped.sql': expect.stringMatching(/^inconclusive: .*skipped or TODO/),
    'todo.sql': 'passed: 1 test passes, 1 are skipped or TODO.',
    'empty.sql': expect.stringMatching(/^failed: .*no plan/),
    'bails.sql': expect.stringMatching(/^failed: .*gave up: no way/),
    'commits.sql': expect.stringMatching(/^inconclusive: .*says commit/),
    'psql.sql': expect.stringMatching(/^inconclusive: .*\\set shop/),
    'rows.sql': 'passed: 1 test passes.',
    'nowhere/*.sql': expect.stringMatching(/^inconclusive: .*names no file/),
  });
  expect(outcomes['pgtap:tests/passes.sql']?.gate.proof).toMatch(/1 of 5 tests passed, which say nothing/);
  expect(outcomes['pgtap:tests/fails.sql']?.findings.map(({ id, detail }) => [id, detail])).toEqual([
    ['pgtap:file:tests/fails.sql:a price', expect.stringContaining('Failed test 2')],
    ['pgtap:file:tests/fails.sql:3', expect.stringMatching(/have: 1\s+want: 2/)],
  ]);
  const [left] = await admin.query(
    "select (select count(*) from public.shop)::int as shops, (select is_called from public.number) as called, to_regproc('plan') as plan",
  );
  expect(left).toEqual({ shops: 2, called: false, plan: null });
});

test('a role meets its own rights', async () => {
  expect((await run(['tests/rows.sql'], 'reader'))['pgtap:tests/rows.sql']?.findings[0]?.sql?.sqlstate).toBe('42501');
  expect((await run(['tests/rows.sql'], 'nobody_here'))['pgtap:tests/rows.sql']?.gate.outcome).toBe('inconclusive');
});

test('a server without the extension proves nothing', async () => {
  const [outcome] = await runPgTap(testContext(), testServer(18), { files: ['tests'], required: true }, folder, 0);
  expect(outcome?.gate).toMatchObject({ gate: 'pgtap', outcome: 'inconclusive' });
});
