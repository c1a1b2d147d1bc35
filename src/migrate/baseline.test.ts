import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { type Major, withDatabase } from '../../test/support/databases.ts';
import { migrationFiles } from '../../test/support/migration-files.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Settings } from '../config/schema.ts';
import type { Address } from '../core/server.ts';
import { type BaselineRequest, buildBaseline } from './baseline.ts';
import { readFlat } from './layouts/flat.ts';

interface Given {
  readonly baseline: Settings['baseline'];
  readonly files?: Readonly<Record<string, string>>;
  readonly migrations?: Readonly<Record<string, string>>;
  readonly ledger?: { table: string; column: string; match: 'revision' };
  readonly request?: Partial<BaselineRequest>;
}

async function build(
  major: Major,
  given: Given,
  use: (built: Awaited<ReturnType<typeof buildBaseline>>, run: (sql: string) => Promise<pg.QueryResult>) => Promise<void>,
) {
  const project = await mkdtemp(join(tmpdir(), 'pgr-baseline-'));
  try {
    for (const [path, text] of Object.entries(given.files ?? {})) {
      await mkdir(join(project, path, '..'), { recursive: true });
      await writeFile(join(project, path), text);
    }
    await withDatabase(major, '', async (admin: Address, run) => {
      const role = `b_${admin.database}`;
      await run(`create role ${role} login`);
      try {
        const built = await buildBaseline(testContext(), {
          settings: {
            baseline: given.baseline,
            migrate: { tool: 'sql-files', folder: 'db', layout: 'flat', transaction: 'auto', ...(given.ledger === undefined ? {} : { ledger: given.ledger }) },
          },
          migrations: readFlat(migrationFiles(given.migrations ?? {})).migrations,
          admin,
          migrator: { ...admin, user: role },
          databaseOwner: role,
          projectFolder: project,
          phase: 'schema-gate',
          ...given.request,
        });
        await use(built, run);
      } finally {
        await run(`alter database ${admin.database} owner to postgres; drop owned by ${role} cascade; drop role ${role}`);
      }
    });
  } finally {
    await rm(project, { recursive: true });
  }
}

const dump = `--
-- PostgreSQL database dump
--

\\restrict abc

SET statement_timeout = 0;
SET transaction_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';
CREATE TABLE public.t (a integer NOT NULL, s text);
CREATE TABLE public.schema_migrations (version character varying NOT NULL);
COPY public.t (a, s) FROM stdin;
1	one
2	t;w'o
\\.
\\unrestrict abc
`;

test.each([15, 18] as const)('init-at-head: pg_dump’s own text, a seed, and every migration marked (PostgreSQL %i)', async (major) => {
  const given: Given = {
    baseline: { mode: 'init-at-head', schema: ['schema.sql'], seed: ['seed/all.sql'] },
    files: { 'schema.sql': dump, 'seed/all.sql': `\\ir rows.sql\ninsert into schema_migrations values ('1_a');`, 'seed/rows.sql': 'insert into t values (3);' },
    migrations: { '1_a.sql': 'select 1', '2_b.sql': 'select 2' },
    ledger: { table: 'schema_migrations', column: 'version', match: 'revision' },
  };
  await build(major, given, async (built, run) => {
    const notes = ['schema.sql:10: the comment on an extension was left as its owner wrote it'];
    if (major === 15) notes.unshift('schema.sql:8: this server has no transaction_timeout, which is a setting of the session only');
    expect(built).toMatchObject({ ok: true, value: { mode: 'init-at-head', statements: 9, ledger: 'marked', notes } });
    expect((await run('select a, s from t order by a')).rows).toEqual([
      { a: 1, s: 'one' },
      { a: 2, s: "t;w'o" },
      { a: 3, s: null },
    ]);
    expect((await run('select version from schema_migrations order by 1')).rows).toEqual([{ version: '1_a' }, { version: '2_b' }]);
    expect((await run(`select pg_get_userbyid(relowner) like 'b_%' as migrator from pg_class where relname = 't'`)).rows).toEqual([{ migrator: true }]);
  });
});

test('init-at-head: a failure names file and line; a right that the migrator lacks says so', async () => {
  const baseline = { mode: 'init-at-head', schema: ['schema.sql'], seed: [] } as const;
  await build(
    18,
    { baseline: { ...baseline, schema: ['schema.sql'], seed: [] }, files: { 'schema.sql': 'select 1;\n\nselect\n  nothing;' } },
    async (built) => {
      expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', place: { file: 'schema.sql', line: 4 }, sql: { sqlstate: '42703' } } });
    },
  );
  await build(18, { baseline: { ...baseline, schema: ['missing.sql'], seed: [] } }, async (built) => {
    expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', message: "missing.sql does not exist or can't be read" } });
  });
  await build(
    18,
    { baseline: { ...baseline, schema: ['schema.sql'], seed: [] }, files: { 'schema.sql': 'create extension dblink;\n\\! rm x' } },
    async (built) => {
      expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', rootCause: 'privileges', place: { line: 1 }, sql: { sqlstate: '42501' } } });
    },
  );
  await build(18, { baseline: { ...baseline, schema: ['schema.sql'], seed: [] }, files: { 'schema.sql': '\\! rm x' } }, async (built) => {
    expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', message: 'schema.sql:1: \\! is a command of psql that is not run here' } });
  });
});

const history = {
  '1_a.sql': 'create table t (a int);',
  '2_b.sql': 'create index concurrently i on t (a);',
  '3_c.sql': `do $$ begin if not exists (select from t) then raise exception 'no rows'; end if; end $$;`,
  '4_d.sql': 'create table u ();',
};
const empty: Settings['baseline'] = { mode: 'init-then-migrations', schema: [], seed: [] };

test('init-then-migrations: up to a revision, past a file that needs no transaction', async () => {
  await build(18, { baseline: empty, migrations: history, request: { appliedThrough: '2_b' } }, async (built, run) => {
    expect(built).toMatchObject({ ok: true, value: { mode: 'init-then-migrations', ledger: 'none', notes: [] } });
    expect((await run(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).rows).toEqual([{ indisvalid: true }]);
  });
  await build(18, { baseline: empty, migrations: history, request: { appliedThrough: '9' } }, async (built) => {
    expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', message: 'there is no migration 9 to stop at' } });
  });
  const atHead: Settings['baseline'] = { mode: 'init-at-head', schema: ['x.sql'], seed: [] };
  await build(18, { baseline: atHead, migrations: history, request: { appliedThrough: '2_b' } }, async (built) => {
    expect(built).toMatchObject({
      ok: false,
      failure: { code: 'baseline-failed', message: "a baseline can't be built at 2_b: the checked-in schema is there at head only" },
    });
  });
});

test('a migration that runs elsewhere and fails on the empty baseline needs data, which a seed before it brings', async () => {
  await build(18, { baseline: empty, migrations: history, request: { ranElsewhere: ['3_c'] } }, async (built) => {
    expect(built).toMatchObject({
      ok: false,
      failure: { code: 'baseline-needs-data', object: '3_c', place: { file: 'db/3_c.sql' }, sql: { sqlstate: 'P0001' } },
    });
  });
  await build(18, { baseline: empty, migrations: history }, async (built) => {
    expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', object: '3_c' } });
  });
  const seeded: Given = {
    baseline: { ...empty, schema: ['first.sql'], seed: ['seed.sql'] },
    files: { 'first.sql': 'create table t (a int);', 'seed.sql': 'insert into t values (1);' },
    migrations: { ...history, '1_a.sql': '' },
    ledger: { table: 'done', column: 'v', match: 'revision' },
  };
  await build(18, seeded, async (built) => {
    expect(built).toMatchObject({ ok: true, value: { ledger: 'absent', statements: 5 } });
  });
});

test('with a command: the tool runs on the empty database after the schema files', async () => {
  const command: Settings['migrate'] = { tool: 'command', command: ['sh', '-c', 'echo "$PGUSER $PGDATABASE"; exit 2'], env: {}, timeoutMinutes: 1 };
  const baseline: Settings['baseline'] = { ...empty, schema: ['first.sql'] };
  await build(18, { baseline, files: { 'first.sql': 'create table t ();' }, request: { settings: { baseline, migrate: command } } }, async (built, run) => {
    expect(built).toMatchObject({ ok: false, failure: { code: 'baseline-failed', message: expect.stringMatching(/ended with exit code 2[\s\S]*b_t_/) } });
    expect((await run(`select to_regclass('t') is not null as there`)).rows).toEqual([{ there: true }]);
  });
});
