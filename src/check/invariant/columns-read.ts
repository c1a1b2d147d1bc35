import type { Session } from '../../core/ports.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import type { Check } from './probe.ts';
import { tryCheck } from './try-check.ts';

/** What an invariant's query reads, as the catalog knows it. */
export interface ColumnsRead {
  /** `<table's oid> <place in the table>`. */
  readonly columns: readonly string[];
  /** It calls functions of somebody's own, which may read anything. */
  readonly opaque: boolean;
}

/** The tables' columns that a view needs, through all views that it stands on: of each of those everything, used or not. */
const readsQuery = `
  with recursive views(oid) as (
    select 'pg_temp.pgrehearse_reads'::pg_catalog.regclass::oid
    union
    select c.oid
      from views v join pg_catalog.pg_rewrite w on w.ev_class = v.oid
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
      join pg_catalog.pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')),
  needs as (
    select d.refclassid, d.refobjid, d.refobjsubid
      from views v join pg_catalog.pg_rewrite w on w.ev_class = v.oid
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid)
  select pg_catalog.json_build_object(
           'columns', (select coalesce(pg_catalog.json_agg(distinct n.refobjid::text || ' ' || n.refobjsubid), '[]')
                         from needs n join pg_catalog.pg_class c on c.oid = n.refobjid and c.relkind in ('r', 'p', 'f')
                        where n.refclassid = 'pg_catalog.pg_class'::regclass and n.refobjsubid > 0),
           'opaque', exists (select from needs n join pg_catalog.pg_proc p on n.refclassid = 'pg_catalog.pg_proc'::regclass and p.oid = n.refobjid
                              where p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace))::text`;

/**
 * Which columns queries read: Postgres is asked what views of the same queries would need, in transactions that are rolled back. Undefined where
 * that can't be told: one is no query, or its role may make no view. The session must be a superuser's.
 */
export async function columnsRead(session: Session, checks: readonly Check[]): Promise<ColumnsRead | undefined> {
  const columns = new Set<string>();
  let opaque = false;
  for (const check of checks) {
    const read = await columnsOf(session, check);
    if (read === undefined) return undefined;
    for (const column of read.columns) columns.add(column);
    opaque ||= read.opaque;
  }
  return { columns: [...columns], opaque };
}

async function columnsOf(session: Session, check: Check): Promise<ColumnsRead | undefined> {
  const statements = splitStatements(check.sql).map(({ text }) => text.replace(/;\s*$/, ''));
  const query = statements.at(-1) ?? '';
  const sql = [...statements.slice(0, -1), `create temporary view pgrehearse_reads as select 1 as one from (${query}\n) as query`, readsQuery].join(';\n');
  const asked: Check = { sql, role: check.role, settings: check.settings, answer: 'value' };
  for (const attempt of [asked, { ...asked, role: undefined }]) {
    const tried = await tryCheck(session, attempt);
    if (tried.kind === 'seen' && tried.seen.kind === 'value') return JSON.parse(String(tried.seen.value)) as ColumnsRead;
  }
  return undefined;
}
