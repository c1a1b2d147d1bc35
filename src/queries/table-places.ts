import type { Session } from '../core/ports.ts';
import type { QueryTable, WrittenValue } from '../core/queries.ts';
import { type PlanNode, visit } from './plan.ts';

/** What a table is behind its name. */
export interface TablePlace {
  readonly oid: string;
  /** Names by number, which stays when a column is renamed. */
  readonly columns: ReadonlyMap<number, string>;
  /** Rules that have INSERT, UPDATE or DELETE do something else instead. */
  readonly rules: readonly { readonly name: string; readonly operation: string }[];
  /** Triggers that fire, with what their functions are made of, hashed. */
  readonly triggers: readonly { readonly name: string; readonly body: string; readonly operations: readonly string[] }[];
}

const placesQuery = `
select n.nspname as schema, c.relname as "table", c.oid::text as oid,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname) order by a.attnum)
                   from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('name', r.rulename,
                          'operation', case r.ev_type when '2' then 'update' when '3' then 'insert' else 'delete' end) order by r.rulename)
                   from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.is_instead and r.ev_type <> '1' and r.ev_enabled in ('O', 'A')), '[]') as rules,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('name', t.tgname, 'body', pg_catalog.hashtextextended((p.prosrc || coalesce(p.probin, '')) collate "C", 0)::text,
                          'operations', pg_catalog.array_remove(array[case when t.tgtype & 4 <> 0 then 'insert' end, case when t.tgtype & 8 <> 0 then 'delete' end,
                                                                      case when t.tgtype & 16 <> 0 then 'update' end], null)) order by t.tgname)
                   from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
                  where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled in ('O', 'A')), '[]') as triggers
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C"`;

/** Every table by `schema.table`. Throws SqlError. */
export async function readTablePlaces(session: Session): Promise<ReadonlyMap<string, TablePlace>> {
  const rows = await session.query<{
    schema: string;
    table: string;
    oid: string;
    columns: readonly [number, string][];
    rules: TablePlace['rules'];
    triggers: TablePlace['triggers'];
  }>(placesQuery);
  return new Map(rows.map(({ schema, table, columns, ...rest }) => [`${schema}.${table}`, { ...rest, columns: new Map(columns) }]));
}

/**
 * What an INSERT gives to each column of its table: `written` is what the statement itself says, `leftOut` all else, as defaults. The planner writes out the whole row, in the order of
 * the table's columns.
 */
export function writtenValues(
  root: PlanNode,
  text: string,
  places: ReadonlyMap<string, TablePlace>,
): { readonly written: readonly WrittenValue[]; readonly leftOut: readonly WrittenValue[] } {
  const [written, leftOut]: [WrittenValue[], WrittenValue[]] = [[], []];
  visit(root, (node) => {
    if (node['Node Type'] !== 'ModifyTable' || node.Operation !== 'Insert') return;
    const { Schema: schema = '', 'Relation Name': table = '' } = node;
    const row = node.Plans?.find((below) => below['Parent Relationship'] === 'Outer')?.Output ?? [];
    const values = row.map(withoutCasts);
    const columns = places.get(`${schema}.${table}`)?.columns ?? new Map<number, string>();
    for (const [number, name] of columns) {
      const value = values[number - 1];
      if (value === undefined) continue;
      const one = { table: `${schema}.${table}`, number, name, value };
      if (!isSaid(value, text)) leftOut.push(one);
      // What stands there twice tells nothing of its place.
      else if (values.indexOf(value) === values.lastIndexOf(value)) written.push(one);
    }
  });
  return { written, leftOut };
}

/** A parameter, a place in VALUES, a column of a query, or what stands in the statement literally. */
function isSaid(value: string, text: string): boolean {
  return /\$\d|\.\w/.test(value) || (/^['\d]/.test(value) && text.includes(value));
}

/** Another type brings another cast: `($1)::text`. */
function withoutCasts(value: string): string {
  const bare = value.replace(/::[\w ."]+(\(\d+(,\d+)?\))?(\[\])*$/, '');
  const inner = /^\(([^()]*)\)$/.exec(bare)?.[1] ?? bare;
  return inner === value ? value : withoutCasts(inner);
}

/** What is asked of a table that isn't the one behind that name elsewhere, though that one is here too; undefined where there is none. */
export function shadowed(
  elsewhere: readonly QueryTable[],
  here: readonly QueryTable[],
  places: ReadonlyMap<string, TablePlace>,
): { readonly was: string; readonly is: string } | undefined {
  const reached = new Set(here.map(({ oid }) => oid));
  const there = new Set([...places.values()].map(({ oid }) => oid));
  const known = new Set(elsewhere.map(({ oid }) => oid));
  for (const { schema, table, oid } of elsewhere) {
    if (oid === undefined || reached.has(oid) || !there.has(oid)) continue;
    const other = here.find((one) => one.table === table && one.schema !== schema && !known.has(one.oid));
    if (other !== undefined) return { was: `${schema}.${table}`, is: `${other.schema}.${other.table}` };
  }
  return undefined;
}

/** A value that goes into another column here than elsewhere, by number and by name; undefined where all go where they went. */
export function shifted(
  elsewhere: readonly WrittenValue[],
  here: readonly WrittenValue[],
): { readonly value: string; readonly was: string; readonly is: string } | undefined {
  for (const { value, number, name } of elsewhere) {
    const now = here.find((one) => one.value === value);
    if (now !== undefined && now.number !== number && now.name !== name) return { value, was: name, is: now.name };
  }
  return undefined;
}
