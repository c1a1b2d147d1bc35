import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { hasAlembic } from '../record/clients-alembic.ts';
import { unhurried } from '../support/unhurried.ts';

const production = useProduction();

const quick = {
  ...unhurried,
  source: { urlVariable: 'PRODUCTION_URL', allowPrimary: true },
  traffic: { enabled: false },
  rollback: { ways: 'off' },
};

const role = (name: string) => `create role ${name} login;
do $$ begin execute format('alter database %I owner to ${name}', current_database()); end $$;
set role ${name};`;
const item = 'create table public.item (id bigint generated always as identity primary key, name text not null);';

/** A tool that works as Knex does, and runs one line for its second migration. */
const knexLike = (second: string, times = 1) => `const pg = require(${JSON.stringify(join(import.meta.dirname, '../../node_modules/pg'))});
const { readdirSync, appendFileSync } = require('node:fs');
(async () => {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL.replace(/\\?.*/, '') });
  await client.connect();
  const [command, only] = process.argv.slice(2);
  await client.query('create table if not exists public.knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz)');
  await client.query('create table if not exists public.knex_migrations_lock (index serial primary key, is_locked integer)');
  await client.query('insert into public.knex_migrations_lock (is_locked) select 0 where not exists (select from public.knex_migrations_lock)');
  const done = (await client.query('select name from public.knex_migrations')).rows.map(({ name }) => name);
  for (const name of readdirSync('knex').sort()) {
    if (done.includes(name) || (command === 'migrate:up' && only !== name)) continue;
    if (name.startsWith('001')) await client.query(${JSON.stringify(item)});
    else { ${second} }
    for (let time = 0; time < ${times}; time++) {
      await client.query('insert into public.knex_migrations (name, batch, migration_time) values ($1, 1, now())', [name]);
    }
  }
  await client.end();
})();`;
const addNote = `await client.query('alter table public.item add column note text');`;
const knexProduction = (name: string) => `${role(name)} ${item}
insert into public.item (name) select 'i' || g from generate_series(1, 20) g;
create table public.knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);
create table public.knex_migrations_lock (index serial primary key, is_locked integer);
insert into public.knex_migrations_lock (is_locked) values (0);
insert into public.knex_migrations (name, batch, migration_time) values ('001_item.js', 1, now());`;

test.each([
  ['honest', addNote, 1, 'PASS', []],
  ['elsewhere', '', 1, 'INCONCLUSIVE', ['lineage:history:nothing-changed']],
  ['twice', addNote, 2, 'BLOCKER', ['lineage:revision:002_note.js:twice']],
  ['locked', `${addNote} await client.query('update public.knex_migrations_lock set is_locked = 1');`, 1, 'BLOCKER', ['lineage:history:refused']],
  ['rewritten', `${addNote} appendFileSync('knex/002_note.js', '// more');`, 1, 'INCONCLUSIVE', ['lineage:revision:002_note.js:rewritten']],
] as const)('a tool that is %s', async (how, second, times, kind, findings) => {
  const files = { 'knex/001_item.js': '// item', 'knex/002_note.js': '// note', 'tool.cjs': knexLike(second, times) };
  const migrate = { tool: 'knex', folder: 'knex', program: [process.execPath, 'tool.cjs'], role: `knex_${how}` };
  const settings = JSON.stringify({ ...quick, migrate, baseline: { mode: 'init-then-migrations' } });
  await withStage(production, { database: `knex_${how}`, script: knexProduction(`knex_${how}`), files, settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict?.kind, text).toBe(kind);
    expect(summary.findings.filter(({ severity }) => severity === 'blocker' || severity === 'doubt').map(({ id }) => id)).toEqual(findings);
  });
});

test('a ledger that the migrator doesn’t see as it is says nothing of what is pending', async () => {
  const ledger = `create table public.schema_migrations (version text primary key);
alter table public.schema_migrations enable row level security, force row level security;
create policy seen on public.schema_migrations for select using (version < '002');
create policy written on public.schema_migrations for insert with check (true);`;
  const files = {
    'sql/001_item.sql': item,
    'sql/002_note.sql': 'alter table public.item add column note text;',
    'sql/003_size.sql': 'alter table public.item add column size int;',
    'schema/head.sql': `${ledger} ${item} alter table public.item add column note text, add column size int;`,
  };
  const script = `${role('rls_migrator')} ${ledger} ${item} alter table public.item add column note text;
reset role; insert into public.schema_migrations values ('001_item'), ('002_note');`;
  const migrate = {
    tool: 'sql-files',
    folder: 'sql',
    layout: 'flat',
    role: 'rls_migrator',
    ledger: { table: 'public.schema_migrations', column: 'version' },
  };
  const settings = JSON.stringify({ ...quick, migrate, baseline: { mode: 'init-at-head', schema: ['schema/head.sql'] } });
  await withStage(production, { database: 'rls', script, files, settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict, text).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'privileges' });
    expect(summary.findings.map(({ id }) => id)).toContain('lineage:history:seen-otherwise');
  });
});

const revision = (id: string, down: string | null, sql: string) => `from alembic import op
revision = '${id}'
down_revision = ${down === null ? 'None' : `'${down}'`}
def upgrade():
    op.execute("""${sql}""")
def downgrade():
    pass
`;
const environment = (more: string) => `import sys
from alembic import context
from sqlalchemy import create_engine, pool, text
engine = create_engine("postgresql+psycopg2://", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
${more}`;

test.skipIf(!hasAlembic).each([
  ['honest', '', 'PASS', []],
  ['counts', `    with connection.begin():\n        connection.execute(text("select setval('public.nr', 4711)"))\n`, 'BLOCKER', ['stamp:table:public.nr']],
] as const)('a stamp by an env.py that is %s', async (how, more, kind, findings) => {
  const files = {
    'alembic.ini': '[alembic]\nscript_location = db\n',
    'db/env.py': environment(more),
    'db/versions/0001.py': revision('0001', null, `${item} create sequence public.nr`),
    'db/versions/0002.py': revision('0002', '0001', `update public.item set name = name || '!'`),
    'db/versions/0003.py': revision('0003', '0002', 'alter table public.item add column note text'),
  };
  const script = `${role(`alembic_${how}`)} ${item} create sequence public.nr; insert into public.item (name) values ('a')`;
  const migrate = { tool: 'alembic', role: `alembic_${how}` };
  const settings = JSON.stringify({ ...quick, migrate, baseline: { mode: 'init-then-migrations' }, anchor: { revision: '0001' } });
  await withStage(production, { database: `alembic_${how}`, script, files, settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict?.kind, text).toBe(kind);
    expect(summary.findings.filter(({ severity }) => severity === 'blocker' || severity === 'doubt').map(({ id }) => id)).toEqual(findings);
    // Production may have had those rows changed already: nobody can see it from its structure.
    if (kind === 'PASS') expect(summary.findings.map(({ id }) => id)).toContain('lineage:revision:0002:rows-only');
  });
});
