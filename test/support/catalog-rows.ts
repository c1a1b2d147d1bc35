import pg from 'pg';
import type { Address } from '../../src/core/server.ts';

/** Values of a database's catalogs, by row and column: `pg_class`, its natural key, the column. Numbers of objects stand as names, so that two databases compare. */
export interface CatalogRows {
  readonly rows: ReadonlyMap<string, Readonly<Record<string, string | null>>>;
  /** `pg_class.relname`: columns by which rows are told apart. */
  readonly keys: ReadonlySet<string>;
}

/** Trees hold numbers of objects: what they mean instead. `t` is the catalog's row. */
const trees: Readonly<Record<string, string>> = {
  'pg_attrdef.adbin': 'pg_get_expr(t.adbin, t.adrelid)',
  'pg_class.relpartbound': 'pg_get_expr(t.relpartbound, t.oid)',
  'pg_constraint.conbin': 'pg_get_expr(t.conbin, t.conrelid)',
  'pg_index.indexprs': 'pg_get_expr(t.indexprs, t.indrelid)',
  'pg_index.indpred': 'pg_get_expr(t.indpred, t.indrelid)',
  'pg_partitioned_table.partexprs': 'pg_get_expr(t.partexprs, t.partrelid)',
  'pg_policy.polqual': 'pg_get_expr(t.polqual, t.polrelid)',
  'pg_policy.polwithcheck': 'pg_get_expr(t.polwithcheck, t.polrelid)',
  'pg_proc.proargdefaults': "case when t.proargdefaults is not null and t.prokind <> 'a' then pg_get_function_arguments(t.oid) end",
  'pg_proc.prosqlbody': 'pg_get_function_sqlbody(t.oid)',
  'pg_publication_rel.prqual': 'pg_get_expr(t.prqual, t.prrelid)',
  'pg_rewrite.ev_action': 'pg_get_ruledef(t.oid)',
  // With its action, which a probe of the condition doesn't change.
  'pg_rewrite.ev_qual': "case when t.ev_qual::text <> '<>' then pg_get_ruledef(t.oid) end",
  'pg_statistic_ext.stxexprs': 'pg_get_statisticsobjdef_expressions(t.oid)',
  'pg_trigger.tgqual': 'case when t.tgqual is not null then pg_get_triggerdef(t.oid) end',
  'pg_type.typdefaultbin': 'pg_get_expr(t.typdefaultbin, 0)',
};

/** Rows of the whole server are looked at only where they are this database's. */
const ours: Readonly<Record<string, string>> = {
  pg_database: 't.datname = current_database()',
  pg_subscription: 't.subdbid = (select oid from pg_database where datname = current_database())',
  pg_db_role_setting: 't.setdatabase in (0, (select oid from pg_database where datname = current_database()))',
  pg_shdescription: "t.classoid = 'pg_database'::regclass and t.objoid = (select oid from pg_database where datname = current_database())",
  pg_shseclabel: "t.classoid = 'pg_database'::regclass and t.objoid = (select oid from pg_database where datname = current_database())",
};
/** Catalogs whose rows are nothing but what is said of another object: all of one is said where only one side has it. */
const saysByBeing = new Set(['pg_description', 'pg_shdescription', 'pg_seclabel', 'pg_shseclabel']);
/** Nothing that is compared; some are large. */
const skipped = new Set([
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_largeobject',
  'pg_shdepend',
  'pg_init_privs',
  'pg_subscription_rel',
  'pg_replication_origin',
]);

/** The columns of each catalog, with the catalog that a number refers to and the natural key. */
const catalogsQuery = `
  select c.relname as catalog, a.attname as column, t.typname as type, f.pktable::regclass::text as refers, coalesce(f.is_array, false) as many,
         coalesce(a.attnum = any (k.key), false) as is_key
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_get_catalog_foreign_keys() f on f.fktable = c.oid and f.fkcols = array[a.attname::text]
    left join lateral (
      select i.indkey::int2[] as key from pg_index i
       where i.indrelid = c.oid and i.indisunique
         and not exists (select from pg_attribute x where x.attrelid = c.oid and x.attnum = any (i.indkey::int2[]) and x.attname in ('oid', 'collencoding'))
       order by i.indexrelid limit 1) k on true
   where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r'
   order by 1, a.attnum`;

interface Column {
  readonly catalog: string;
  readonly column: string;
  readonly type: string;
  readonly refers: string | null;
  readonly many: boolean;
  readonly is_key: boolean;
}

/** Reads all catalogs of a database, as superuser. */
export async function readCatalogRows({ host, port, user, database }: Address): Promise<CatalogRows> {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  try {
    await client.query(`set search_path = ''`);
    return await readAll(async (sql) => (await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}

async function readAll(query: (sql: string) => Promise<unknown[]>): Promise<CatalogRows> {
  const columns = (await query(catalogsQuery)) as Column[];
  const rows = new Map<string, Record<string, string | null>>();
  const keys = new Set<string>();
  for (const [catalog, all] of Map.groupBy(columns, (column) => column.catalog)) {
    if (skipped.has(catalog)) continue;
    const key = keyOf(catalog, all);
    for (const column of key) keys.add(`${catalog}.${column}`);
    const values = all.filter(({ column }) => column !== 'oid' || key.includes('oid')).map((column) => `(${sqlOf(column)})::text as "${column.column}"`);
    const found = await query(`select ${values.join(', ')} from pg_catalog.${catalog} t where ${ours[catalog] ?? 'true'}`);
    for (const row of found as Record<string, string | null>[]) rows.set(JSON.stringify([catalog, ...key.map((name) => row[name])]), row);
  }
  return { rows, keys };
}

function keyOf(catalog: string, columns: readonly Column[]): readonly string[] {
  if (catalog === 'pg_database') return [];
  // Its rows are told apart by all that they say.
  if (catalog === 'pg_depend') return columns.map(({ column }) => column);
  // The encoding follows from the provider.
  if (catalog === 'pg_collation') return ['collname', 'collnamespace'];
  const key = columns.filter((column) => column.is_key).map(({ column }) => column);
  return key.length > 0 ? key : ['oid'];
}

function sqlOf({ catalog, column, type, refers, many }: Column): string {
  const value = `t."${column}"`;
  const tree = trees[`${catalog}.${column}`];
  if (tree !== undefined) return tree;
  if (type === 'pg_node_tree') return 'null';
  if (['objoid', 'objid'].includes(column)) {
    const [classOf, sub] = [column === 'objoid' ? 't.classoid' : 't.classid', /^pg_sh/.test(catalog) ? '0' : 't.objsubid'];
    return `case when ${classOf} = 'pg_database'::regclass then 'this' else (pg_identify_object(${classOf}, ${value}, ${sub})).identity end`;
  }
  if (column === 'refobjid') return '(pg_identify_object(t.refclassid, t.refobjid, t.refobjsubid)).identity';
  if (refers === null)
    return type === 'oidvector' || type === 'oid' ? `case when ${value}::text ~ '^[1-9][0-9]{4,}$' then 'some' else ${value}::text end` : value;
  if (many) return `array(select ${nameOf(refers, 'x.o')} from unnest(${value}::oid[]) with ordinality x (o, place) order by x.place)`;
  return nameOf(refers, value);
}

/** SQL: the name of a catalog's object. */
function nameOf(catalog: string, oid: string): string {
  if (catalog === 'pg_database') return `case ${oid} when 0 then 'all' else 'this' end`;
  const alias = {
    pg_class: 'regclass',
    pg_type: 'regtype',
    pg_proc: 'regprocedure',
    pg_authid: 'regrole',
    pg_namespace: 'regnamespace',
    pg_operator: 'regoperator',
  }[catalog];
  if (alias !== undefined) return `${oid}::${alias}::text`;
  return `case when ${oid} = 0 then '-' else (pg_identify_object('pg_catalog.${catalog}'::regclass, ${oid}, 0)).identity end`;
}

/**
 * Which columns differ between two databases, in rows that both have; a column of a key differs where only one side has such a row.
 *
 * @example columnsThatDiffer(left, right).has('pg_class.relpersistence')
 */
export function columnsThatDiffer(left: CatalogRows, right: CatalogRows): ReadonlySet<string> {
  const differing = new Set<string>();
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    for (const [id, row] of one.rows) {
      const [catalog] = JSON.parse(id) as string[];
      const pair = other.rows.get(id);
      for (const [column, value] of Object.entries(row)) {
        const name = `${catalog}.${column}`;
        if (pair === undefined ? one.keys.has(name) || saysByBeing.has(catalog ?? '') : pair[column] !== value) differing.add(name);
      }
    }
  }
  return differing;
}
