import pg from 'pg';
import { expect, test } from 'vitest';
import { type LockMode, lockModes, type RecordedStatement, type Recording, type RewriteReason } from '../../src/core/recording.ts';
import { startRecording } from '../../src/record/start-recording.ts';
import { withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

const rows = 2_000;

interface Fact {
  readonly sql: string;
  /** Reasons, where the table is written anew; `indexes` where only those are. */
  readonly rewrite: readonly RewriteReason[] | 'indexes' | 'no';
  readonly scan: boolean | 'any';
  /** The locks on the table. */
  readonly locks: readonly LockMode[];
  readonly onlyAlone?: true;
}

const exclusive: readonly LockMode[] = ['AccessExclusiveLock'];
const rewriting: readonly LockMode[] = ['ShareLock', 'AccessExclusiveLock'];

/** What PostgreSQL 15 and 18 do alike. `%` is the table. */
const facts: readonly Fact[] = [
  { sql: 'alter table % alter short type varchar(20)', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % alter short type text', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % alter short type varchar(5) using short::varchar(5)', rewrite: ['type'], scan: true, locks: rewriting },
  { sql: 'alter table % alter id type bigint', rewrite: ['type'], scan: true, locks: rewriting },
  { sql: 'alter table % alter day type timestamptz', rewrite: ['type'], scan: true, locks: rewriting },
  { sql: "alter table % add made text default 'x'", rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % add made timestamptz default now()', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % add made int default 40 + 2', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % add made uuid default gen_random_uuid()', rewrite: ['default'], scan: true, locks: rewriting },
  { sql: 'alter table % add made timestamptz default clock_timestamp()', rewrite: ['default'], scan: true, locks: rewriting },
  { sql: 'alter table % add made serial', rewrite: ['default'], scan: true, locks: rewriting },
  { sql: 'alter table % add made int generated always as identity', rewrite: ['default'], scan: true, locks: rewriting },
  { sql: 'alter table % add made int generated always as (id + 1) stored', rewrite: ['default'], scan: true, locks: rewriting },
  { sql: 'alter table % set unlogged', rewrite: ['persistence'], scan: true, locks: rewriting },
  { sql: 'alter table % alter short set not null', rewrite: 'no', scan: true, locks: exclusive },
  { sql: 'alter table % add check (id > 0)', rewrite: 'no', scan: true, locks: exclusive },
  { sql: 'alter table % add check (id > 0) not valid', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % rename short to brief', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % drop column short', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % alter short set storage external', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % enable row level security', rewrite: 'no', scan: false, locks: exclusive },
  { sql: 'alter table % set (fillfactor = 70)', rewrite: 'no', scan: false, locks: ['ShareUpdateExclusiveLock'] },
  { sql: 'create index on % (short)', rewrite: 'no', scan: true, locks: ['ShareLock'] },
  {
    sql: 'create trigger noted before update on % for each row execute function suppress_redundant_updates_trigger()',
    rewrite: 'no',
    scan: false,
    locks: ['ShareRowExclusiveLock'],
  },
  { sql: 'reindex table %', rewrite: 'indexes', scan: 'any', locks: ['ShareLock'] },
  { sql: 'cluster % using %_pkey', rewrite: ['cluster'], scan: 'any', locks: exclusive },
  { sql: 'vacuum full %', rewrite: ['vacuum-full'], scan: 'any', locks: exclusive, onlyAlone: true },
  { sql: 'truncate %', rewrite: 'no', scan: 'any', locks: exclusive },
];

const table = (prefix: string, at: number) => `${prefix}${at}`;
const setUp = facts
  .flatMap((_, at) => [table('alone_', at), table('block_', at)])
  .map(
    (name) => `create table ${name} (id int primary key, short varchar(10), day date);
insert into ${name} select i, 'x' || i % 10, date '2020-01-01' + i from generate_series(1, ${rows}) i;`,
  )
  .join('\n');

/** What a statement did to its table, in the words of the list above. */
function seen(recording: Recording, statement: RecordedStatement, name: string, expected: Fact): Omit<Fact, 'sql'> {
  const relation = recording.relations.find((one) => one.name === `public.${name}`);
  const indexes = recording.relations.filter((one) => one.table === relation?.oid).map(({ oid }) => oid);
  const ofTable = statement.rewrites?.find((one) => one.relation === relation?.oid);
  const ofIndexes = statement.rewrites?.filter((one) => indexes.includes(one.relation)) ?? [];
  const held = new Set(statement.locks?.filter((lock) => lock.relation === relation?.oid).map(({ mode }) => mode));
  const strongest = Math.max(...expected.locks.map((mode) => lockModes.indexOf(mode)));
  return {
    rewrite: ofTable?.reasons ?? (ofIndexes.length > 0 ? 'indexes' : 'no'),
    scan: statement.scans?.some((scan) => scan.relation === relation?.oid && scan.rowsRead >= rows) ?? 'any',
    // What a command takes besides, weaker than its strongest lock, may be seen or not where only samples tell.
    locks: lockModes.filter((mode, at) => held.has(mode) && (expected.locks.includes(mode) || at > strongest)),
  };
}

for (const major of [15, 18] as const) {
  test(`rewrites, scans and locks of PostgreSQL ${major} are seen as they are`, async () => {
    await withDatabase(major, setUp, async (address) => {
      await using recorder = unwrap(await startRecording(testContext(), { admin: address, target: address }));
      const client = new pg.Client({ host: recorder.address.host, port: recorder.address.port, user: address.user, database: address.database });
      await client.connect();
      const noticed: string[] = [];
      client.on('notice', ({ message }) => noticed.push(message ?? ''));
      for (const [at, { sql, onlyAlone }] of facts.entries()) {
        await client.query(sql.replaceAll('%', table('alone_', at)));
        if (onlyAlone) continue;
        await client.query('begin');
        await client.query(sql.replaceAll('%', table('block_', at)));
        await client.query('commit');
      }
      await client.end();
      const recording = unwrap(await recorder.stop());
      expect(noticed).toEqual([]);

      for (const prefix of ['alone_', 'block_']) {
        const expected = facts.flatMap((fact, at) =>
          prefix === 'block_' && fact.onlyAlone ? [] : [{ ...fact, sql: fact.sql.replaceAll('%', table(prefix, at)) }],
        );
        const found = expected.map((fact) => {
          const { sql, scan, onlyAlone } = fact;
          const statement = recording.statements.find(({ text }) => text === sql);
          const name = new RegExp(`${prefix}\\d+`).exec(sql)?.[0] ?? '';
          if (statement === undefined) return { sql, rewrite: 'no', scan: 'any', locks: [] };
          return { sql, ...seen(recording, statement, name, fact), ...(scan === 'any' && { scan }), ...(onlyAlone && { onlyAlone }) };
        });
        expect(found).toEqual(expected);
      }
      // A rewritten table takes its indexes along.
      const rewritten = recording.statements.filter(({ text }) => text.includes('type bigint'));
      expect(rewritten.map(({ rewrites }) => rewrites?.length)).toEqual([2, 2]);
    });
  });
}
