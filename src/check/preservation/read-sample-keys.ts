import type { Session } from '../../core/ports.ts';
import type { TableContent } from './content.ts';
import type { TablePlace } from './read-columns.ts';

/** Numbers of the columns of every primary key, in the order of their names, as samples are chosen by them. */
const keysQuery = `
select p.conrelid::text as oid, pg_catalog.json_agg(a.attnum order by a.attname collate "C") as numbers
from pg_catalog.pg_constraint p
join pg_catalog.pg_attribute a on a.attrelid = p.conrelid and a.attnum = any (p.conkey)
where p.contype = 'p'
group by p.conrelid
order by p.conrelid`;

/** By the oid of the table. Throws SqlError. */
export async function readSampleKeys(session: Session): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await session.query<{ oid: string; numbers: readonly number[] }>(keysQuery);
  return new Map(rows.map(({ oid, numbers }) => [oid, numbers]));
}

const integers = ['smallint', 'integer', 'bigint'];

/** What the columns that chose a table's rows are called now; undefined where they would choose others: one is gone, or its values are hashed in another way. */
export function sampleKeyNow(numbers: readonly number[], before: TableContent, now: Pick<TablePlace, 'columns'>): readonly string[] | undefined {
  const names = numbers.flatMap((number) => {
    const [was, is] = [before, now].map(({ columns }) => columns.find((one) => one.number === number));
    if (was === undefined || is === undefined) return [];
    return was.type === is.type || (integers.includes(was.type) && integers.includes(is.type)) ? [is.name] : [];
  });
  return names.length === numbers.length ? names : undefined;
}
