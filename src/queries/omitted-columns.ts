import type { SqlErrorFields } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import { type PlanNode, visit } from './plan.ts';

/** Columns of a table that an INSERT can't leave out, with their place in a row. */
export interface RequiredColumns {
  /** How many columns a whole row has, dropped ones too. */
  readonly width: number;
  readonly columns: readonly {
    readonly number: number;
    readonly name: string;
    /** The check constraint that asks for a value; null where the column is NOT NULL. */
    readonly check: string | null;
    /** The sequence that its default calls and that the role may not use; null where there is none, or it may. */
    readonly denied: string | null;
  }[];
}

/**
 * Tables with columns that an INSERT must fill, by `schema.table`: those that must not be null, also by a check constraint that asks for nothing else, and those whose
 * default calls a sequence that the role has no right to, which is asked for only when a row is written. Left out is what a trigger before each row may fill, the table's
 * own or a partition's: as far as its body can be read, that is a column that it names.
 */
const requiredQuery = `
with before_rows (relid, body, opaque) as (
  select t.tgrelid, pg_catalog.lower(p.prosrc),
    l.lanname <> 'plpgsql' or p.prosrc ~* '\\m(execute|populate_recordset|jsonb?_populate_record|populate_record|hstore)\\M'
      or p.prosrc ~* '\\mnew\\s*:?=' or p.prosrc ~* '\\minto\\s+(strict\\s+)?new\\M' or p.prosrc ~* '\\mreturn\\s+(?!new\\s*;)'
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_proc p on p.oid = t.tgfoid
  join pg_catalog.pg_language l on l.oid = p.prolang
  where not t.tgisinternal and t.tgtype & 7 = 7),
wanted as (
  select n.nspname as schema, c.relname as "table", c.relnatts::int as width, a.attnum as number, a.attname as name,
    case when not a.attnotnull then k.conname end as "check",
    case when s.oid is not null and not pg_catalog.has_sequence_privilege($1, s.oid, 'USAGE, UPDATE') then s.relname end as denied,
    c.oid as relid, c.relkind, a.attnotnull or k.conname is not null as needed
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  left join lateral (
    select k.conname from pg_catalog.pg_constraint k
    where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] and pg_catalog.to_jsonb(k)->>'conenforced' is distinct from 'false'
      and pg_catalog.pg_get_expr(k.conbin, k.conrelid) = '(' || pg_catalog.quote_ident(a.attname) || ' IS NOT NULL)'
    order by k.conname limit 1) k on true
  left join lateral (
    select s.oid, s.relname from pg_catalog.pg_attrdef f
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.objid = f.oid
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    join pg_catalog.pg_class s on s.oid = d.refobjid and s.relkind = 'S'
    where f.adrelid = c.oid and f.adnum = a.attnum
    order by s.oid limit 1) s on true
  where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_')
select w.schema, w."table", w.width,
  pg_catalog.json_agg(pg_catalog.json_build_object('number', w.number, 'name', w.name, 'check', w."check", 'denied', w.denied) order by w.number) as columns
from wanted w
where w.denied is not null or w.needed and not exists (
  select from before_rows b
  where (b.opaque or pg_catalog.strpos(b.body, pg_catalog.lower(w.name)) > 0)
    and (b.relid = w.relid or w.relkind = 'p' and b.relid in (select p.relid from pg_catalog.pg_partition_tree(w.relid) p)))
group by w.schema, w."table", w.width
order by w.schema collate "C", w."table" collate "C"`;

/**
 * Reads which columns an INSERT of a role can't leave out. Throws SqlError.
 *
 * @param role the session's own unless given
 */
export async function readRequiredColumns(session: Session, role?: string): Promise<ReadonlyMap<string, RequiredColumns>> {
  const [own] = role === undefined ? await session.query<{ name: string }>('select current_user::text as name') : [{ name: role }];
  const rows = await session.query<{ schema: string; table: string } & RequiredColumns>(requiredQuery, [own?.name]);
  return new Map(rows.map(({ schema, table, width, columns }) => [`${schema}.${table}`, { width, columns }]));
}

/**
 * The error that an INSERT is bound to meet because it leaves out a column that it can't: planning it succeeds all the same. Undefined where it leaves out
 * none. The planner writes out the whole row, in the order of the table's columns, with a null for each column that has no default, and a call where the default calls a sequence.
 */
export function omittedColumn(root: PlanNode, required: ReadonlyMap<string, RequiredColumns>): SqlErrorFields | undefined {
  const found: SqlErrorFields[] = [];
  visit(root, (node) => {
    if (node['Node Type'] !== 'ModifyTable' || node.Operation !== 'Insert') return;
    const { Schema: schema = '', 'Relation Name': table = '' } = node;
    const row = node.Plans?.find((below) => below['Parent Relationship'] === 'Outer')?.Output ?? [];
    const { width, columns } = required.get(`${schema}.${table}`) ?? { width: 0, columns: [] };
    // Fewer values than columns would mean that they don't stand in their places.
    if (row.length < width) return;
    for (const { number, name, check, denied } of columns) {
      const value = row[number - 1] ?? '';
      if (denied !== null && /\bnextval\(/.test(value)) {
        const detail = `The statement leaves the column ${name} out, and its default calls this sequence.`;
        found.push({ sqlstate: '42501', message: `permission denied for sequence ${denied}`, detail, schema, table, column: name });
      }
      if (!/^\(?NULL::/.test(value)) continue;
      const detail = 'The statement leaves this column out, and it has no default.';
      found.push(
        check === null
          ? {
              ...{ sqlstate: '23502', message: `null value in column "${name}" of relation "${table}" violates not-null constraint` },
              detail,
              schema,
              table,
              column: name,
            }
          : { ...{ sqlstate: '23514', message: `new row for relation "${table}" violates check constraint "${check}"` }, detail, schema, table, column: name },
      );
    }
  });
  return found[0];
}
