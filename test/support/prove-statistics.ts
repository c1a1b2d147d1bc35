import { join } from 'node:path';
import { type CopyOptions, copyDatabase } from '../../src/copy/copy-database.ts';
import { writeDump } from '../../src/copy/dump/write-dump.ts';
import type { LiveSource } from '../../src/core/open-source.ts';
import type { Result } from '../../src/core/result.ts';
import type { Address } from '../../src/core/server.ts';
import type { CopyReport } from '../../src/core/source-facts.ts';
import { openDump } from '../../src/source/dump.ts';
import { openUrl } from '../../src/source/url.ts';
import { type Major, withDatabase } from './databases.ts';
import { makeEdgeTables } from './lost/edge-tables.ts';
import { ask, withOwnServer } from './own-server.ts';
import { statisticsOf } from './statistics-of.ts';
import { withFolder } from './temporary-folder.ts';
import { testContext } from './test-context.ts';
import { withContext } from './with-context.ts';

const hba = ['host all all 127.0.0.1/32 trust'];

/** Copies a live database; a failure is an exception. */
export async function copyLiveTo(source: Address, target: Address, options: CopyOptions = { server: 'ours' }): Promise<CopyReport> {
  await using live = await openLive(source);
  return unwrap(await copyDatabase(testContext(), live, target, options)).report;
}

/** The same by way of a dump folder. */
async function copyByFolder(source: Address, target: Address): Promise<CopyReport> {
  return await withContext(async (context) => {
    return await withFolder({}, async (folder) => {
      await using live = await openLive(source);
      const written = unwrap(await writeDump(context, live, join(folder, 'dumps')));
      // Kept on purpose; it goes with the folder.
      for (const { id, kind } of await context.ledger.list()) if (kind === 'dump') await context.ledger.forget(id);
      await using dump = unwrap(await openDump(context, { path: written.folder }));
      return unwrap(await copyDatabase(context, dump, target, { server: 'ours' })).report;
    });
  });
}

async function openLive({ user, host, port, database }: Address): Promise<LiveSource> {
  return unwrap(await openUrl(testContext(), { url: `postgres://${user}@${host}:${port}/${database}`, allowPrimary: true }));
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** A server of its own, whose settings a copy may change, with an empty database. */
export async function withEmptyCopy<T>(major: Major, use: (target: Address) => Promise<T>): Promise<T> {
  return await withOwnServer(major, { hba, settings: { autovacuum: 'off' } }, async ({ tcp }) => {
    await ask(tcp, 'create database copy template template0');
    return await use({ ...tcp, database: 'copy' });
  });
}

export interface StatisticsProof {
  readonly statistics: CopyReport['statistics'];
  /** What the planner knows of one and not of the other. */
  readonly differences: readonly string[];
  readonly columns: number;
}

/** Copies a database with the edge values of every type, and compares all that the planner knows. */
export async function proveStatistics(from: Major, to: Major, way: 'live' | 'folder' = 'live'): Promise<StatisticsProof> {
  return await withDatabase(from, '', async (source) => {
    await makeValues(source);
    return await withEmptyCopy(to, async (target) => {
      const { statistics } = await (way === 'live' ? copyLiveTo(source, target) : copyByFolder(source, target));
      const { lines, columns } = await statisticsOf(source);
      const taken = await statisticsOf(target);
      const missing = lines.filter((line) => !taken.lines.includes(line)).map((line) => `only in production: ${line}`);
      const more = taken.lines.filter((line) => !lines.includes(line)).map((line) => `only in the copy: ${line}`);
      return { statistics, differences: [...missing, ...more], columns };
    });
  });
}

/** Each value of each type once, which makes histograms, and three times, which makes lists of the most common ones. */
async function makeValues(source: Address): Promise<void> {
  const types = await makeEdgeTables(source);
  const tables = types.map((type) => `create table often."${type}" as select t.* from edge."${type}" t, generate_series(1, 3)`);
  await ask(source, `create schema often; ${tables.join(';')}; ${oddTypes}; analyze`);
}

/** Types of the user's own, trees, expressions, views; rows that are gone. */
const oddTypes = `
  create type mood as enum ('sad', 'ok', 'fine');
  create type pair as (x int, y text);
  create domain short as varchar(20) check (length(value) < 20);
  create domain shorter as short;
  create domain list as int[];
  create type spans as range (subtype = float8, subtype_diff = float8mi);
  create table own (id int, m mood, ms mood[], p pair, d shorter, ds shorter[], l list, s spans, c text collate "C", gone int, late text, kind regclass, doc jsonb,
    twice int generated always as (id * 2) stored);
  insert into own select g, (array['sad', 'ok', 'fine']::mood[])[1 + g % 3], array['ok', 'fine']::mood[], row(g % 5, 'a,"' || g % 3)::pair, 'd' || g % 9, array['x', 'y' || g % 2],
      array[g % 3, g % 4], spans(g, g + g % 7), 'c' || g % 4, 1, null, (array['own', 'pg_class']::regclass[])[1 + g % 2], jsonb_build_object('g', g % 3) from generate_series(1, 500) g;
  alter table own drop gone;
  create index on own (lower(c)) ; create index on own ((id % 7), m) where id > 10;
  create table tree (id int, at date, note text) partition by range (at);
  create table tree_1 partition of tree for values from ('2026-01-01') to ('2026-02-01');
  create table tree_2 (note text, gone int, id int, at date); alter table tree_2 drop gone;
  alter table tree attach partition tree_2 for values from ('2026-02-01') to ('2026-03-01');
  insert into tree select g, '2026-01-01'::date + g % 50, 'n' || g % 6 from generate_series(1, 300) g;
  create table parent (id int); create table child (note text) inherits (parent);
  insert into parent select g from generate_series(1, 50) g; insert into child select g, 'x' from generate_series(1, 40) g;
  create materialized view sums as select c, count(*) as n from own group by c; create index on sums (upper(c));
  create table "Odd ""name" ("A b" text, "constructor" int); insert into "Odd ""name" select 'v' || g % 2, g from generate_series(1, 30) g;
  create table empty (id int primary key, note text);
  create table bloated (id int, note text) with (autovacuum_enabled = off); insert into bloated select g, repeat('x', 500) from generate_series(1, 2000) g; delete from bloated where id % 4 <> 0`;
