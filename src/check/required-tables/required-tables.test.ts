import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { Session } from '../../core/ports.ts';
import { judgeRequiredTables, type ProbedTable } from './judge-required-tables.ts';
import type { TableProbe, WantedTable } from './probe-table.ts';
import { probeTables } from './probe-tables.ts';

const app = `app_${randomBytes(6).toString('hex')}`;
const owner = `owner_${randomBytes(6).toString('hex')}`;

/** One database with a table of each sort; roles are the cluster's, so they go at the end. */
async function withTables(major: 15 | 18, use: (session: Session) => Promise<void>): Promise<void> {
  await withSession(major, '', async (session) => {
    await session.execute(`create role ${app}; create role ${owner}`);
    try {
      await session.execute(tables);
      await use(session);
    } finally {
      await session.execute(`drop owned by ${app}, ${owner}; drop role ${app}, ${owner}`);
    }
  });
}

const tables = `
create type mood as enum ('sad', 'glad');
create domain percentage as int check (value between 0 and 100);
create table parent (id int primary key, code varchar(3) not null unique);
create table empty_parent (id uuid primary key, name text not null);
create table full_row (
  id bigint generated always as identity primary key, serial_number serial, parent_id int not null references parent, mood mood not null,
  share percentage not null, tags text[] not null, amount numeric(9, 2) not null check (amount > 10), doubled numeric generated always as (amount * 2) stored,
  born date not null, code text not null unique, note text
);
create table orphan (id int primary key, parent_id uuid not null references empty_parent, at timestamptz not null);
create table one_to_one (parent_id int primary key references parent);
create table linked (left_id int not null references parent, right_id int not null references parent, primary key (left_id, right_id));
create table odd (id int primary key, shape circle not null);
create table checked (id int primary key, word text not null check (word like 'a%'));
create table secret (id int primary key);
create table tenant_row (id int primary key, tenant int not null);
alter table tenant_row enable row level security;
create policy of_tenant on tenant_row using (tenant = current_setting('app.tenant')::int);
create table open_to_all (id int primary key);
insert into parent select i, 'p' || i from generate_series(1, 3) i;
insert into full_row (parent_id, mood, share, tags, amount, born, code) values (1, 'glad', 40, '{a,b}', 11.5, '2020-02-02', 'one');
insert into one_to_one values (1), (2);
insert into linked values (1, 1), (1, 2), (1, 3);
insert into tenant_row values (1, 7), (2, 8);
grant select, insert on all tables in schema public to ${app};
grant usage on all sequences in schema public to ${app};
revoke all on secret from ${app};
grant all on open_to_all to public;
create function add_secret() returns void language sql security definer as 'insert into secret values (1)';
alter table checked owner to ${owner}; alter table tenant_row owner to ${owner}`;

const wanted = (table: string, more: Partial<WantedTable> = {}): WantedTable => ({ table, role: app, settings: {}, ...more });

async function judged(session: Session, some: readonly WantedTable[], change: string) {
  const before = await probeTables(session, some);
  await session.execute(change);
  const after = await probeTables(session, some);
  const probed = some.map(
    (one, at): ProbedTable => ({ wanted: one, before: at < before.length ? (before[at] as TableProbe) : gone, after: after[at] ?? gone }),
  );
  const { gate, findings } = judgeRequiredTables(probed, performance.now());
  return { gate, findings, found: findings.map(({ id, severity }) => `${severity} ${id}`) };
}
const gone: TableProbe = { kind: 'missing' };

test.each([15, 18] as const)('rows are made from the catalog, and nothing of it stays (PostgreSQL %i)', { timeout: 60_000 }, async (major) => {
  await withTables(major, async (session) => {
    const names = ['full_row', 'public.orphan', 'one_to_one', 'linked', 'parent', 'open_to_all'];
    const counts = `select ${[...names, 'empty_parent'].map((name) => `(select count(*) from ${name})`).join(' + ')} as rows, (select last_value from full_row_id_seq) as last,
      (select count(*) from pg_roles where rolname like 'pgrehearse_nobody%') as roles`;
    const before = await session.query(counts);
    const probes = await probeTables(
      session,
      names.map((name) => wanted(name)),
    );
    for (const [at, probe] of probes.entries())
      expect(probe, names[at]).toMatchObject({ kind: 'tried', insert: { kind: 'worked' }, refusesOthers: true, unstoppable: undefined });
    expect(await session.query(counts)).toEqual(before);
    // Rows of an empty table are made of the types alone.
    await session.execute('truncate full_row, orphan, one_to_one, linked');
    const [full, ...others] = await probeTables(
      session,
      ['full_row', 'orphan', 'one_to_one', 'linked'].map((name) => wanted(name)),
    );
    for (const probe of others) expect(probe).toMatchObject({ insert: { kind: 'worked' } });
    expect(full).toMatchObject({ insert: { kind: 'refused', sql: { sqlstate: '23514' } } });
  });
});

test('what the migrations broke blocks; what never worked, or proves nothing, is a doubt', { timeout: 60_000 }, async () => {
  await withTables(18, async (session) => {
    const some = [
      wanted('full_row'),
      wanted('parent'),
      wanted('orphan'),
      wanted('secret'),
      wanted('odd'),
      wanted('odd', { table: 'public.odd', insert: "insert into odd values (1, '<(0,0),1>')" }),
      wanted('one_to_one', { insert: false }),
      wanted('tenant_row', { settings: { 'app.tenant': '7' } }),
      wanted('checked', { role: 'nobody_of_this_name' }),
      wanted('linked', { role: 'postgres' }),
    ];
    const change = `revoke usage on sequence full_row_serial_number_seq from ${app}; revoke select on parent from ${app}; drop table orphan;
      drop policy of_tenant on tenant_row`;
    const { gate, found, findings } = await judged(session, some, change);
    expect(found).toEqual([
      'blocker required-table:table:public.full_row:insert',
      'blocker required-table:table:public.parent:select',
      'blocker required-table:table:orphan',
      'doubt required-table:table:public.secret:select',
      'doubt required-table:table:public.secret:insert',
      'doubt required-table:table:public.odd:insert',
      'blocker required-table:table:public.tenant_row:hidden',
      'blocker required-table:table:public.tenant_row:insert',
      'doubt required-table:table:checked:untried',
      'doubt required-table:table:public.linked:vacuous',
    ]);
    expect(gate).toMatchObject({ gate: 'required-tables', outcome: 'failed', required: true });
    expect(findings[0]).toMatchObject({
      rootCause: 'privileges',
      title: `${app} can’t insert into public.full_row: it lacks USAGE on sequence public.full_row_serial_number_seq`,
      cure: `Have the migration say: grant usage on sequence public.full_row_serial_number_seq to ${app};`,
    });
    expect(findings[2]).toMatchObject({ rootCause: 'compatibility', title: 'The required table orphan is gone after migrating' });
    expect(findings[7]).toMatchObject({ rootCause: 'compatibility', title: expect.stringMatching(/a row level security policy refuses the row$/) });
    expect(findings[7]?.detail).toMatch(/no GRANT is missing/);
  });
});

test('good: all work, and the gate says what was tried', { timeout: 60_000 }, async () => {
  await withTables(18, async (session) => {
    const some = [wanted('full_row'), wanted('tenant_row', { settings: { 'app.tenant': '7' } }), wanted('one_to_one', { insert: false })];
    const { gate, found } = await judged(session, some, 'alter table full_row add column more text');
    expect(found).toEqual([]);
    expect(gate).toMatchObject({
      outcome: 'passed',
      couldFail: true,
      proof: 'a role without rights was refused on 3 tables, in a rolled-back transaction',
      summary: '3 tables read, and a row inserted into 2, as the application’s role.',
    });
    // An owner passes the policies by.
    expect(await judged(session, [wanted('tenant_row', { role: owner, settings: { 'app.tenant': '7' } })], '')).toMatchObject({
      found: ['doubt required-table:table:public.tenant_row:vacuous'],
      gate: { outcome: 'inconclusive' },
    });
    // What everybody may do would be noticed by nobody if it went.
    expect(await judged(session, [wanted('parent', { insert: 'select add_secret()' })], '')).toMatchObject({
      found: ['doubt required-table:table:public.parent:vacuous'],
    });
    // A row of ours is no row of the application.
    expect(await judged(session, [wanted('checked')], '')).toMatchObject({ found: ['doubt required-table:table:public.checked:insert'] });
  });
});

test('a role whose log-ins begin read-only can’t write; its own word wins over the database’s', async () => {
  await withTables(18, async (session) => {
    const [database] = await session.query<{ name: string }>('select pg_catalog.quote_ident(pg_catalog.current_database()) as name');
    const tables = [wanted('parent')];
    const bad = await judged(session, tables, `alter database ${database?.name} set default_transaction_read_only = on`);
    expect(bad.findings).toMatchObject([{ severity: 'blocker', sql: { sqlstate: '25006' } }]);
    expect((await judged(session, tables, `alter role ${app} set default_transaction_read_only = off`)).found).toEqual([]);
  });
});
