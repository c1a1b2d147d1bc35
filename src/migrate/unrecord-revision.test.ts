import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import type { Migration } from '../core/migration.ts';
import { findLedgerTable } from './ledger-table.ts';
import { ledgerMatch } from './match-revisions.ts';
import { unrecordRevision } from './unrecord-revision.ts';

const migrations: readonly Migration[] = ['0001_start', '0002_note', '0003_tidy'].map((revision) => ({
  ...{ revision, file: `db/${revision}.up.sql`, sha256: '', up: '', upLine: 1, optsOutOfTransaction: false },
}));

const ledgers = `
create table public.plain (version text primary key);
insert into public.plain values ('0001_start'), ('0002_note'), ('0003_tidy');
create table public.numbers (version_id bigint, is_applied boolean not null, id serial primary key);
insert into public.numbers (version_id, is_applied) values (0, true), (1, true), (2, true), (3, true);
create table public.current (version bigint not null, dirty boolean not null);
insert into public.current values (3, false);
create table public.prisma (id text, migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
insert into public.prisma values ('a', '0002_note', now(), null), ('b', '0003_tidy', now(), null);`;

test('each kind of ledger forgets as its tool does, inside of a transaction and without one', async () => {
  await withDatabase(18, ledgers, async (address, run) => {
    await using session = unwrap(await testContext().edge.postgres.connect(address));
    const forget = async (table: string, column: string, revision: string, inTransaction = false) => {
      const ledger = unwrap(await findLedgerTable(session, { table, column }));
      if (inTransaction) await session.execute('begin');
      expect(await unrecordRevision(session, ledger, { revision, migrations }, ledgerMatch(ledger, 'revision'), inTransaction)).toBeUndefined();
      if (inTransaction) await session.execute('commit');
      return (await run(`select row_to_json(l)::text as row from ${table} l order by 1`)).rows.map(
        ({ row }) => JSON.parse(row as string) as Record<string, unknown>,
      );
    };
    expect(await forget('public.plain', 'version', '0003_tidy', true)).toEqual([{ version: '0001_start' }, { version: '0002_note' }]);
    expect((await forget('public.numbers', 'version_id', '0003_tidy')).map((row) => row.version_id)).toEqual([0, 1, 2]);
    expect(await forget('public.current', 'version', '0003_tidy')).toEqual([{ version: 2, dirty: false }]);
    expect(await forget('public.current', 'version', '0001_start')).toEqual([]);
    const prisma = await forget('public.prisma', 'migration_name', '0003_tidy');
    expect(prisma.map((row) => row.rolled_back_at !== null)).toEqual([false, true]);
  });
});

test('a role that may not delete is denied, and its transaction goes on', async () => {
  const setUp = `${ledgers} create table public.kept (a integer)`;
  await withDatabase(18, setUp, async (address) => {
    await using session = unwrap(await testContext().edge.postgres.connect(address));
    const ledger = unwrap(await findLedgerTable(session, { table: 'public.plain', column: 'version' }));
    await session.execute('grant select on public.plain to pg_monitor; begin; insert into public.kept values (1); set local role pg_monitor');
    const refused = await unrecordRevision(session, ledger, { revision: '0003_tidy', migrations }, 'revision', true);
    expect(refused).toMatchObject({ migration: '0003_tidy', denied: true });
    await session.execute('reset role; commit');
    expect(await session.query('select a from public.kept')).toEqual([{ a: 1 }]);
  });
});
