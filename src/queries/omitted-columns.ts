import type { SqlErrorFields } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import { type PlanNode, visit } from './plan.ts';

/** Columns of a table that must not be null and that nothing fills but the statement itself, with their place in a row. */
export interface RequiredColumns {
  /** How many columns a whole row has, dropped ones too. */
  readonly width: number;
  readonly columns: readonly { readonly number: number; readonly name: string }[];
}

/**
 * Tables with columns that an INSERT must fill, by `schema.table`. Left out are tables with triggers that run before each row, their own or a partition's: these may
 * fill it.
 */
const requiredQuery = `
select n.nspname as schema, c.relname as table, c.relnatts::int as width,
  pg_catalog.json_agg(pg_catalog.json_build_object('number', a.attnum, 'name', a.attname) order by a.attnum) as columns
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull and a.attgenerated = ''
where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_trigger t
    where not t.tgisinternal and t.tgtype & 7 = 7
      and (t.tgrelid = c.oid or c.relkind = 'p' and t.tgrelid in (select p.relid from pg_catalog.pg_partition_tree(c.oid) p)))
group by n.nspname, c.relname, c.relnatts
order by n.nspname collate "C", c.relname collate "C"`;

/** Reads which columns an INSERT can't leave out. Throws SqlError. */
export async function readRequiredColumns(session: Session): Promise<ReadonlyMap<string, RequiredColumns>> {
  const rows = await session.query<{ schema: string; table: string } & RequiredColumns>(requiredQuery);
  return new Map(rows.map(({ schema, table, width, columns }) => [`${schema}.${table}`, { width, columns }]));
}

/**
 * The error that an INSERT is bound to meet because it leaves out a column that must not be null: planning it succeeds all the same. Undefined where it leaves out
 * none. The planner writes out the whole row, in the order of the table's columns, with a null for each column that has no default.
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
    for (const { number, name } of columns) {
      if (!/^\(?NULL::/.test(row[number - 1] ?? '')) continue;
      const message = `null value in column "${name}" of relation "${table}" violates not-null constraint`;
      found.push({ sqlstate: '23502', message, detail: 'The statement leaves this column out, and it has no default.', schema, table, column: name });
    }
  });
  return found[0];
}
