import type { Session } from '../../core/ports.ts';

/** How far a sequence has counted. */
export interface SequencePosition {
  /** Quoted as needed. */
  readonly name: string;
  /** The table whose column it fills; null where it stands for itself. */
  readonly table: string | null;
  /** Null: nobody has taken a value yet. */
  readonly position: string | null;
}

/** A sequence’s position is neither a fact of the catalogs nor a row that the server counts. */
const positionsQuery = `
select pg_catalog.format('%I.%I', n.nspname, c.relname) as name, 
       case when t.oid is not null then pg_catalog.format('%I.%I', o.nspname, t.relname) end as "table",
       (select s.last_value::text from pg_catalog.pg_sequences s where s.schemaname = n.nspname and s.sequencename = c.relname) as position
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_depend d
  on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype in ('a', 'i') and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
left join pg_catalog.pg_class t on t.oid = d.refobjid
left join pg_catalog.pg_namespace o on o.oid = t.relnamespace
where c.relkind = 'S' and c.relpersistence <> 't'
order by 1`;

/** Reads where all sequences of a database stand. Throws SqlError. */
export async function readSequencePositions(session: Session): Promise<readonly SequencePosition[]> {
  return await session.query<SequencePosition>(positionsQuery);
}

/**
 * The sequences that stand elsewhere than before; one that is new shows in the catalogs.
 *
 * @param ledger tables whose own sequences may move
 */
export function movedSequences(before: readonly SequencePosition[], after: readonly SequencePosition[], ledger: readonly string[]): readonly string[] {
  const was = new Map(before.map(({ name, position }) => [name, position]));
  return after
    .filter(({ name, table, position }) => was.has(name) && was.get(name) !== position && !(table !== null && ledger.includes(table)))
    .map(({ name }) => name);
}
