import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { isLandlord } from '../../sql/is-landlord.ts';
import { withSession } from '../with-session.ts';

/** A table's file and counters: whoever writes to it changes one of them. */
export interface TableMark {
  readonly oid: string;
  /** `public.item`, as hashes name it: not quoted. */
  readonly name: string;
  readonly mark: string;
}

/** Every table with rows of its own. A rewrite and TRUNCATE give it another file; all else is counted, also what was rolled back. */
const marksQuery = `
select c.oid::text as oid, n.nspname || '.' || c.relname as name,
       pg_catalog.concat_ws(' ', c.relfilenode, pg_catalog.pg_stat_get_tuples_inserted(c.oid), pg_catalog.pg_stat_get_tuples_updated(c.oid),
                            pg_catalog.pg_stat_get_tuples_deleted(c.oid)) as mark
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 2, 1`;

/** Sessions that may still have counters to hand over: they do when they end. */
const othersQuery = `
select count(*)::int as others, pg_catalog.current_setting('track_counts') = 'on' as counting
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid() and a.backend_type = 'client backend'
  and not ${isLandlord}`;

const pauseMs = 10;
const patienceMs = 12_000;

/** Reads the marks once everybody else is gone; undefined where counters can't be relied on. Throws SqlError. */
export async function readMarks(session: Session): Promise<readonly TableMark[] | undefined> {
  for (const until = performance.now() + patienceMs; ; await sleep(pauseMs)) {
    const [row] = await session.query<{ others: number; counting: boolean }>(othersQuery);
    if (row?.counting !== true || performance.now() > until) return undefined;
    if (row.others === 0) break;
  }
  return await session.query<TableMark>(marksQuery);
}

/** The same of a clone. Throws SqlError and FailureError. */
export async function readMarksOf(context: Context, admin: Address): Promise<readonly TableMark[] | undefined> {
  const read = await withSession(context, admin, async (session) => ok(await readMarks(session)));
  if (!read.ok) throw new FailureError(read.failure);
  return read.value;
}

/** Names of the tables that were written to, made or dropped in between, under the names before and after; undefined where that isn't known: then it may be any. Pure. */
export function writtenBetween(before: readonly TableMark[] | undefined, after: readonly TableMark[] | undefined): ReadonlySet<string> | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [old, now] = [new Map(before.map((one) => [one.oid, one])), new Map(after.map((one) => [one.oid, one]))];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((oid) => old.get(oid)?.mark !== now.get(oid)?.mark);
  return new Set(changed.flatMap((oid) => [old.get(oid)?.name, now.get(oid)?.name].filter((name) => name !== undefined)));
}
