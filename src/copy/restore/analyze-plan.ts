import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';

/** One ANALYZE statement. */
export interface AnalyzeTask {
  /** `schema.table`, quoted where needed. */
  readonly tables: readonly string[];
  readonly statement: string;
  /** Bytes that are looked at, about. */
  readonly weight: number;
  /** Over other tables too: partitions, or tables that inherit. */
  readonly tree: boolean;
}

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'p' | 'm';
  readonly sizeBytes: string;
  readonly hasChildren: boolean;
  /** The partitioned tables that it is a part of, the nearest first. */
  readonly above: readonly { readonly schema: string; readonly name: string }[];
}

export interface AnalyzeOptions {
  readonly of: 'tables' | 'materialized views';
  /** Which of them; all unless told. */
  readonly wanted?: ((relation: { readonly schema: string; readonly name: string; readonly kind: string }) => boolean) | undefined;
}

/**
 * Every relation with statistics of its own, the system's included; the sizes are those of whole partition trees. pg_partition_tree would hold locks on each tree
 * until the end of the query, which then could wait for an index build that waits for it.
 */
const relationsQuery = `
  select n.nspname as "schema", c.relname as "name", c.relkind as "kind",
         case when c.relkind = 'p' then (
           with recursive tree(oid) as (select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = c.oid
                                        union all select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid)
           select coalesce(sum(pg_catalog.pg_relation_size(l.oid)), 0) from tree join pg_catalog.pg_class l on l.oid = tree.oid where l.relkind = 'r')
         else coalesce(pg_catalog.pg_relation_size(c.oid), 0) end as "sizeBytes",
         exists (select from pg_catalog.pg_inherits i where i.inhparent = c.oid) as "hasChildren",
         coalesce((with recursive above(oid, level) as (
                     select i.inhparent, 1 from pg_catalog.pg_inherits i where i.inhrelid = c.oid and c.relispartition
                     union all select i.inhparent, above.level + 1 from above join pg_catalog.pg_inherits i on i.inhrelid = above.oid)
                   select pg_catalog.json_agg(pg_catalog.json_build_object('schema', an.nspname, 'name', a.relname) order by above.level)
                     from above join pg_catalog.pg_class a on a.oid = above.oid join pg_catalog.pg_namespace an on an.oid = a.relnamespace), '[]') as "above"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where (c.relkind = any ($1) and (c.relkind <> 'm' or c.relispopulated)) and c.relpersistence <> 't' and n.nspname !~ '^pg_(toast|temp)'
   order by n.nspname collate "C", c.relname collate "C"`;

/** ANALYZE reads at most 300 pages for each unit of its statistics target, which is 100 unless told: more bytes take no longer. */
const sampledBytes = 30_000 * 8192;
/** Smaller tables share a statement; each is still a transaction of its own. */
const smallBytes = 4 * 1024 * 1024;
const tablesAtOnce = 50;

/**
 * The ANALYZE statements that together do what a plain `ANALYZE` does, to be run side by side. Before PostgreSQL 18 a partitioned table
 * takes its partitions along, so a tree is one statement there.
 */
export async function planAnalyze(session: Session, { of, wanted = () => true }: AnalyzeOptions): Promise<readonly AnalyzeTask[]> {
  const rows = await session.query<Row>(relationsQuery, [of === 'tables' ? ['r', 'p'] : ['m']]);
  const only = session.serverVersionNum >= 180_000;
  const tasks: AnalyzeTask[] = [];
  let small: string[] = [];
  const flush = () => {
    if (small.length > 0) tasks.push({ tables: small, statement: `analyze ${small.join(', ')}`, weight: smallBytes, tree: false });
    small = [];
  };
  for (const { schema, name, kind, sizeBytes, hasChildren, above } of rows) {
    if (!wanted({ schema, name, kind })) continue;
    const table = qualifiedName(schema, name);
    const weight = Math.min(Number(sizeBytes), sampledBytes);
    if (!only && above.some((tree) => wanted({ ...tree, kind: 'p' }))) continue;
    if (kind === 'p') tasks.push({ tables: [table], statement: `analyze ${only ? 'only ' : ''}${table}`, weight, tree: true });
    else if (hasChildren) tasks.push({ tables: [table], statement: `analyze ${table}`, weight, tree: true });
    else if (weight > smallBytes) tasks.push({ tables: [table], statement: `analyze ${table}`, weight, tree: false });
    else if (small.push(table) === tablesAtOnce) flush();
  }
  flush();
  return tasks;
}
