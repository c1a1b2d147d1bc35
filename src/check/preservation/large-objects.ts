import type { ContentChange } from '../../config/schema.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { Session } from '../../core/ports.ts';
import { namesTable } from '../names-table.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';

/** What is known of large objects without reading them. */
export interface LargeObjects {
  readonly count: number;
  /** Pages of them that were changed or removed since the server began to count. */
  readonly pagesWritten: number;
}

const objectsQuery = `
select (select pg_catalog.count(*) from pg_catalog.pg_largeobject_metadata) as count,
       pg_catalog.pg_stat_get_tuples_updated('pg_catalog.pg_largeobject'::pg_catalog.regclass)
         + pg_catalog.pg_stat_get_tuples_deleted('pg_catalog.pg_largeobject'::pg_catalog.regclass) as "pagesWritten"`;

/** Throws SqlError. */
export async function readLargeObjects(session: Session): Promise<LargeObjects> {
  const [row] = await session.query<{ count: string; pagesWritten: string }>(objectsQuery);
  return { count: Number(row?.count), pagesWritten: Number(row?.pagesWritten) };
}

const table = { schema: 'pg_catalog', table: 'pg_largeobject' };

/** Large objects that are gone, or, where there are no fewer, pages of them that were written: which of the two replaced the other isn't known. */
export function largeObjectFindings(before: LargeObjects | undefined, after: LargeObjects | undefined, declared: readonly ContentChange[]): readonly Finding[] {
  if (before === undefined || after === undefined || declared.some((one) => namesTable(one.table, table))) return [];
  const [gone, pages] = [before.count - after.count, after.pagesWritten - before.pagesWritten];
  if (gone <= 0 && pages <= 0) return [];
  const object = { kind: 'table', name: 'pg_catalog.pg_largeobject' };
  return [
    {
      id: findingId(about.check, object),
      check: about.check,
      phase: about.phase,
      severity: gone > 0 ? 'blocker' : 'warning',
      rootCause: 'data-loss',
      object,
      title:
        gone > 0
          ? `${showCount(gone, 'large object')} ${gone === 1 ? 'is' : 'are'} gone, of ${before.count.toLocaleString('en-US')}`
          : `${showCount(pages, 'page')} of large objects ${pages === 1 ? 'was' : 'were'} changed or removed`,
      detail: 'Large objects are counted, and their contents aren’t compared.',
      cure: 'Keep what columns still refer to, or declare in data.contentChanges that pg_catalog.pg_largeobject may change.',
    },
  ];
}
