import pg from 'pg';
import type { Address } from '../../src/core/server.ts';
import { ask } from '../support/own-server.ts';

/** Catalogs with counters that autovacuum and reading keep up to date by themselves. */
const counting = ['pg_class', 'pg_database'];
const ownAccord = ['relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid', 'datfrozenxid', 'datminmxid'];
const statistics = ['pg_statistic', 'pg_statistic_ext_data'];

/**
 * A hash of each table that a server holds in a database and of what is shared by all: every row of every catalog, and every row of every table with its
 * place and transaction, so that even an update to the same value would show.
 */
export async function databaseState(address: Address): Promise<string> {
  const tables = await ask(
    address,
    `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'S', 'm') and n.nspname not in ('pg_toast', 'information_schema') order by 1, 2`,
  );
  const states = (tables as { schema: string; name: string }[])
    .filter(({ schema, name }) => schema !== 'pg_catalog' || !statistics.includes(name))
    .map(({ schema, name }) => {
      const inCatalog = counting.includes(name) ? `to_jsonb(t) - '{${ownAccord.join(',')}}'::text[]` : 't.*';
      const row = schema === 'pg_catalog' ? inCatalog : 't.xmin, t.ctid, t.*';
      return `select ${pg.escapeLiteral(`${schema}.${name}`)} as name, count(*) as rows, md5(string_agg(r, '' order by r)) as hash
        from (select (row(${row}))::text as r from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} as t) as s`;
    });
  return JSON.stringify(await ask(address, `${states.join(' union all ')} order by name`), null, 1);
}

/** Sessions that pgrehearse has open on a server, its pg_dump too. */
export async function sessionsOfOurs(address: Address): Promise<readonly string[]> {
  const rows = await ask(
    address,
    "select application_name as name from pg_catalog.pg_stat_activity where application_name ~ '^(pgrehearse|pg_dump)' order by 1",
  );
  return rows.map(({ name }) => String(name));
}
