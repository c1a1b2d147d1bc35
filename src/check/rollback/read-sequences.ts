import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';

/** What a sequence gives next. */
export interface SequencePlace {
  readonly schema: string;
  readonly sequence: string;
  readonly next: bigint;
  /** Whether its numbers grow. */
  readonly ascending: boolean;
}

const sequencesQuery = `
select n.nspname as schema, c.relname as sequence, s.seqincrement::text as increment
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relpersistence <> 't' and not s.seqcycle and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C"`;

/** Columns that a sequence belongs to, as serial and identity do, or whose default calls it. Partitions' columns are their parent's. */
const columnsQuery = `
with uses (relid, attnum) as (
  select d.refobjid, d.refobjsubid from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = pg_catalog.to_regclass($1)
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
  union
  select f.adrelid, f.adnum from pg_catalog.pg_depend d
  join pg_catalog.pg_attrdef f on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.objid = f.oid
  where d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = pg_catalog.to_regclass($1))
select n.nspname as schema, c.relname as "table", a.attname as column
from uses u
join pg_catalog.pg_class c on c.oid = u.relid and c.relkind in ('r', 'p') and not c.relispartition
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = u.relid and a.attnum = u.attnum and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid and t.typcategory = 'N'
order by 1, 2, 3`;

/** So many sequences are asked in one query. */
const atOnce = 200;

/** What every sequence gives next; those that begin again by themselves are left out. Throws SqlError. */
export async function readSequences(session: Session): Promise<readonly SequencePlace[]> {
  const all = await session.query<{ schema: string; sequence: string; increment: string }>(sequencesQuery);
  const places: SequencePlace[] = [];
  for (let from = 0; from < all.length; from += atOnce) {
    const some = all.slice(from, from + atOnce);
    // In numeric: the very last number has none after it.
    const parts = some.map(
      ({ schema, sequence, increment }, at) =>
        `select ${at} as at, (case when is_called then last_value::numeric + (${increment}) else last_value end)::text as next from ${qualifiedName(schema, sequence)}`,
    );
    for (const { at, next } of await session.query<{ at: number; next: string }>(`${parts.join(' union all ')} order by 1`)) {
      const { schema, sequence, increment } = some[at] ?? {};
      if (schema === undefined || sequence === undefined || increment === undefined) continue;
      places.push({ schema, sequence, next: BigInt(next), ascending: !increment.startsWith('-') });
    }
  }
  return places;
}

/**
 * Sequences that were set back: they give numbers that they have given before, and some of these are there, or nobody knows, since no column tells. Throws SqlError.
 *
 * @param before as they were
 */
export async function findSetBack(
  session: Session,
  before: readonly SequencePlace[],
): Promise<readonly { readonly was: SequencePlace; readonly is: SequencePlace }[]> {
  const now = new Map((await readSequences(session)).map((place) => [qualifiedName(place.schema, place.sequence), place]));
  const found: { readonly was: SequencePlace; readonly is: SequencePlace }[] = [];
  for (const was of before) {
    const is = now.get(qualifiedName(was.schema, was.sequence));
    // One that is gone is a difference of the schema.
    if (is === undefined || (was.ascending ? is.next >= was.next : is.next <= was.next)) continue;
    if (await mayMeet(session, is)) found.push({ was, is });
  }
  return found;
}

/** Set back to just behind what is there, as `setval(…, max(id))` does, it meets nothing. */
async function mayMeet(session: Session, { schema, sequence, next, ascending }: SequencePlace): Promise<boolean> {
  const columns = await session.query<{ schema: string; table: string; column: string }>(columnsQuery, [qualifiedName(schema, sequence)]);
  for (const { schema: of, table, column } of columns) {
    const taken = `${quoteIdentifier(column)} ${ascending ? '>=' : '<='} ${quoteLiteral(String(next))}::numeric`;
    const [row] = await session.query<{ meets: boolean }>(`select exists (select from ${qualifiedName(of, table)} where ${taken}) as meets`);
    if (row?.meets === true) return true;
  }
  return columns.length === 0;
}
