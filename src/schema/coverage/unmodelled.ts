import type { Session } from '../../core/ports.ts';
import { knownMajors } from './catalog.ts';
import { type CoveredColumn, coverageOf } from './coverage-list.ts';

/** Columns of the catalogs that could tell something of a schema and that no comparison of these majors reads, as `pg_authid.rolpassword`, by name. */
export function unmodelledColumns(majors: readonly number[]): readonly string[] {
  const newest = Math.max(...knownMajors);
  const known = new Set(majors.map((major) => Math.min(major, newest)));
  const ignored = [...known].flatMap((major) => coverageOf(major).filter(({ treatment }) => treatment === 'ignored'));
  return [...new Set(ignored.map(({ name }) => name))].toSorted();
}

/**
 * Columns that a server's catalogs have and the list doesn't: those of a major that is newer than all that are known. Throws SqlError.
 *
 * @param known what is listed; all of the newest known major unless told
 */
export async function readUnknownColumns(session: Session, known: readonly CoveredColumn[] = coverageOf(Math.max(...knownMajors))): Promise<readonly string[]> {
  const rows = await session.query<{ name: string }>(`
    select format('%s.%s', c.relname, a.attname) as name
      from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
     order by c.relname, a.attnum`);
  const names = new Set(known.map(({ name }) => name));
  return rows.map(({ name }) => name).filter((name) => !names.has(name));
}
