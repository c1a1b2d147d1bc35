import type { Session } from '../../core/ports.ts';

/** A sequence that will deal a number which its column holds already, or none. */
export interface SequenceBehind {
  /** Of the column; the same for as long as table, column and sequence are. */
  readonly key: string;
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
  readonly next: string;
  /** The last number that is there, in the direction in which it counts. */
  readonly there: string;
  /** One of the next thousand numbers is taken. */
  readonly soon: boolean;
  /** The next number is beyond its last one. */
  readonly ended: boolean;
}

/**
 * Columns whose default is a sequence's next number and nothing else, and that may hold no number twice by themselves. Partitions' columns are their parent's.
 */
const dealtQuery = `
select c.oid || ' ' || a.attnum || ' ' || s.seqrelid as key, a.attname as name, pg_catalog.quote_ident(a.attname) as "column",
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "table",
       pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(sc.relname) as sequence, s.seqincrement::text as increment,
       case when s.seqincrement > 0 then s.seqmax else s.seqmin end::text as last
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
join pg_catalog.pg_depend d
  on a.attidentity <> '' and d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
       and d.refobjid = a.attrelid and d.refobjsubid = a.attnum and d.deptype = 'i'
  or d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
       and pg_catalog.pg_get_expr(f.adbin, f.adrelid) ~ '^nextval\\(''.*''::regclass\\)$'
join pg_catalog.pg_sequence s on s.seqrelid = case when a.attidentity <> '' then d.objid else d.refobjid end and not s.seqcycle
join pg_catalog.pg_class sc on sc.oid = s.seqrelid join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
where not a.attisdropped and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and exists (select from pg_catalog.pg_index i
              where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indnkeyatts = 1 and i.indkey[0] = a.attnum)
order by 4, 2, 5`;

type Dealt = Omit<SequenceBehind, 'next' | 'there' | 'soon' | 'ended'> & { readonly increment: string; readonly last: string };

/** So many columns are asked in one query. */
const atOnce = 200;

/** Every one of them, and how many columns were looked at. Throws SqlError. */
export async function readSequencesBehind(session: Session): Promise<{ readonly behind: readonly SequenceBehind[]; readonly looked: number }> {
  const all = await session.query<Dealt>(dealtQuery);
  const behind: SequenceBehind[] = [];
  for (let from = 0; from < all.length; from += atOnce) {
    const some = all.slice(from, from + atOnce);
    const rows = await session.query<{ at: number; next: string; there: string; soon: boolean; ended: boolean }>(
      `${some.map((dealt, at) => askOne(dealt, at)).join('\nunion all\n')}\norder by 1`,
    );
    for (const { at, ...state } of rows) {
      const { increment: _, last: __, ...dealt } = some[at] as Dealt;
      behind.push({ ...dealt, ...state });
    }
  }
  return { behind, looked: all.length };
}

/** A row where its next number isn't beyond all that are there, or is beyond its last. In numeric: the very last number has none after it. */
function askOne({ sequence, table, column, increment, last: end }: Dealt, at: number): string {
  const isDown = increment.startsWith('-');
  const [extreme, behind] = isDown ? ['min', '>='] : ['max', '<='];
  const ended = `next ${isDown ? '<' : '>'} (${end})`;
  const [first, last] = isDown ? ['next - 1000', 'next'] : ['next', 'next + 1000'];
  return `select ${at} as at, next::text, there::text,
  case when ${ended} then false else exists (select from ${table} t where t.${column} between greatest(${first}, -9223372036854775808)::int8 and least(${last}, 9223372036854775807)::int8) end as soon,
  ${ended} as ended
from (select case when is_called then last_value::numeric + (${increment}) else last_value end as next from ${sequence}) as given,
     (select ${extreme}(${column})::numeric as there from ${table}) as held
where next ${behind} there or ${ended}`;
}
