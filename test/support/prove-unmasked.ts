import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect } from 'vitest';
import { copyDatabase } from '../../src/copy/copy-database.ts';
import { writeDump } from '../../src/copy/dump/write-dump.ts';
import { hashSource, hashTables } from '../../src/copy/parity/hash-tables.ts';
import type { Ledger } from '../../src/core/ports.ts';
import type { Result } from '../../src/core/result.ts';
import type { Address } from '../../src/core/server.ts';
import type { CopyReport } from '../../src/core/source-facts.ts';
import { openDump } from '../../src/source/dump.ts';
import type { Major } from './databases.ts';
import { contextWithSalt, openMasked, saltGiven, saltVariable } from './masked-source.ts';
import { ask, withOwnServer } from './own-server.ts';
import { withFolder } from './temporary-folder.ts';

/** Stands in every value that must not leave production, and in no name. */
const canary = `canary${randomBytes(6).toString('hex')}`;
/** Stands in a column that is kept: what the search has to find. */
const marker = `marker${randomBytes(6).toString('hex')}`;

const production = `
  create table person (
    id int primary key, code text unique not null, email varchar(60) unique not null, name text, phone text, born date, doc jsonb, secret bytea, long text,
    kept text, search tsvector, upper_email text generated always as (upper(email)) stored
  );
  alter table person alter column long set storage external, alter column doc set storage external;
  insert into person select n, '${canary}' || n, '${canary}' || n || '@example.org', '${canary} ' || n, '${canary}' || n, '1980-01-01', jsonb_build_object('k', '${canary}' || n),
      '${canary}', repeat('${canary} ', 1000), '${marker}' || n, to_tsvector('simple', '${canary}' || n) from generate_series(1, 500) n;
  create index on person (email); create index on person (lower(name)); create statistics s (mcv) on code, name from person;
  create table visit (id int, person text references person (code), email varchar(60)) partition by range (id);
  create table visit_1 partition of visit for values from (0) to (250); create table visit_2 partition of visit for values from (250) to (1000);
  insert into visit select n, '${canary}' || n, '${canary}' || n || '@example.org' from generate_series(1, 500) n;
  create table parent (note text); create table child (extra int) inherits (parent);
  insert into parent values ('${canary}'); insert into child values ('${canary}', 1);
  create materialized view summary as select email, count(*) as n from person group by email; create index on summary (email);
  create table plain (email text); insert into plain values ('${canary}@example.org');
  create table often (id int, word text); insert into often select n, '${marker}' || n % 3 from generate_series(1, 300) n;
  create function email_of(int) returns text language sql immutable as 'select email from public.person where id = $1';
  create table link (person int); insert into link select 1 + n % 5 from generate_series(1, 300) n; create index on link (email_of(person));
  select lo_from_bytea(4711, '${canary}');
  analyze;`;

const columns = {
  'public.person.code': 'hash',
  'public.visit.person': 'hash',
  'public.person.email': 'fake:email',
  'public.visit.email': 'fake:email',
  'public.person.name': 'fake:name',
  'public.person.phone': 'hash',
  'public.person.born': 'fake:date',
  'public.person.doc': { constant: '{}' },
  'public.person.secret': 'hash',
  'public.person.long': 'null',
  'public.person.search': { sql: "pg_catalog.to_tsvector('simple'::pg_catalog.regconfig, id::text)" },
  'public.parent.note': 'hash',
  'public.plain.email': 'hash',
} as const;

/**
 * Copies a masked source straight and through a dump folder, and looks through every byte of both: no masked value may be there, nor in what is kept of
 * them; no salt in production's log. Joins, foreign keys and what is computed from masked columns agree.
 */
export async function proveNothingUnmasked(major: Major): Promise<void> {
  const logged = { log_statement: 'all', log_min_error_statement: 'debug5', log_connections: 'on', logging_collector: 'on', log_directory: 'log' };
  const hba = ['host all all 127.0.0.1/32 trust'];
  await withOwnServer(major, { hba, settings: logged }, async ({ tcp: source, admin }) => {
    await ask(source, production);
    await withOwnServer(major, { hba, settings: { wal_level: 'minimal', max_wal_senders: '0' } }, async ({ tcp: target, admin: targetAdmin }) => {
      const kept: unknown[] = [];
      const context = { ...contextWithSalt(), ledger: forgetful };
      const copyTo = async (name: string, open: () => Promise<Parameters<typeof copyDatabase>[1]>) => {
        await ask(target, `create database ${name} template template0`);
        await using from = await open();
        const { report } = value(await copyDatabase(context, from, { ...target, database: name }, { server: 'ours' }));
        kept.push(report, from.facts);
        return report;
      };
      await withFolder({}, async (folder) => {
        let hashes: unknown;
        const report = await copyTo('straight', async () => {
          const masked = await openMasked(source, { columns, saltVariable, largeObjects: 'empty' });
          hashes = await hashSource(context, masked);
          return masked;
        });
        expect(report.losses).toEqual([]);
        expect(report.masking).toMatchObject({
          largeObjects: 'empty',
          salt: 'variable',
          columns: expect.arrayContaining([{ schema: 'public', table: 'visit', column: 'person', strategy: 'hash' }]),
        });
        const straight = { ...target, database: 'straight' };
        expect(await hashTables(context, straight), 'the copy holds what the source’s expressions gave').toEqual(hashes);
        {
          await using masked = await openMasked(source, { columns, saltVariable, largeObjects: 'empty' });
          kept.push(value(await writeDump(context, masked, folder)));
        }
        const loaded = await copyTo('loaded', async () => value(await openDump(context, { path: folder })));
        for (const { statistics } of [report, loaded]) expectStatistics(statistics);
        for (const name of ['straight', 'loaded']) await expectJoined({ ...target, database: name });
        expect(await hashTables(context, { ...target, database: 'loaded' })).toEqual(hashes);

        await ask(target, 'checkpoint');
        const data = join(targetAdmin.host, 'data');
        expect(filesWith(data, marker), 'the search finds what is there').not.toEqual([]);
        expect(filesWith(folder, marker), 'and in the dump').not.toEqual([]);
        expect(filesWith(data, canary)).toEqual([]);
        expect(filesWith(folder, canary)).toEqual([]);
        expect(JSON.stringify([kept, context.events])).not.toContain(canary);
      });
      const masking = (await openMaskedOnce(source)).masking;
      const salt = masking?.salt.reveal() ?? '';
      expect(salt).toMatch(/^[0-9a-f]{64}$/);
      const log = join(admin.host, 'data/log');
      expect(filesWith(log, 'pgrehearse.salt'), 'the masks are in the log of production').not.toEqual([]);
      for (const secret of [salt, saltGiven]) {
        expect(filesWith(log, secret)).toEqual([]);
        expect(JSON.stringify([kept, context.events, masking])).not.toContain(secret);
      }
    });
  });
}

async function openMaskedOnce(address: Address) {
  await using source = await openMasked(address, { columns, saltVariable, largeObjects: 'empty' });
  return source;
}

/** What the planner knows of values comes over only where nothing is masked, nor computed by functions that may read what is. */
function expectStatistics(statistics: CopyReport['statistics']): void {
  expect(statistics?.carried, 'statistics are carried at all').toEqual(['public.often']);
  const analysed = statistics?.analysed.flatMap(({ tables }) => tables).toSorted();
  expect(analysed).toEqual(['child', 'link', 'parent', 'person', 'plain', 'summary', 'visit', 'visit_1', 'visit_2'].map((name) => `public.${name}`));
}

/** Foreign keys, fakes and the view that was refreshed agree with each other; the large object is there, and empty. */
async function expectJoined(address: Address): Promise<void> {
  const [row] = await ask(
    address,
    `select (select count(*)::int from visit v join person p on p.code = v.person and p.email = v.email) as joined,
            (select count(*)::int from summary s join person p using (email)) as summed,
            (select count(distinct code)::int from person) as codes, (select count(*)::int from person where upper_email = upper(email)) as generated,
            (select count(*)::int from pg_constraint where contype = 'f' and convalidated) as keys,
            (select count(distinct note)::int from parent) as notes, length(lo_get(4711)) as object`,
  );
  expect(row).toEqual({ joined: 500, summed: 500, codes: 500, generated: 500, keys: 3, notes: 1, object: 0 });
}

/** Files below a folder that hold these bytes, those of a dump unpacked. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return (path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).includes(text);
    });
}

const forgetful: Ledger = {
  plan: async (what) => ({ ...what, id: 'x', kept: false, createdAt: '', owner: { pid: 0, processStartedAt: '', host: '' } }),
  amend: async () => ({ id: 'x', kind: 'dump', label: '', facts: {}, kept: false, createdAt: '', owner: { pid: 0, processStartedAt: '', host: '' } }),
  takeOver: async () => undefined,
  forget: async () => {},
  list: async () => [],
  damaged: async () => [],
  oneAtATime: (_, use) => use(),
  sweepLock: async () => {},
};

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}
