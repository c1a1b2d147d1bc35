import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { FilledTable } from '../../sync/tables/fill-tables.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';

/** Where autovacuum won't look: it is off, for all or for the table, or the rows lie in partitions, whose root it passes over. */
const unanalysedQuery = `
  select c.oid::text as "oid"
    from pg_catalog.pg_class c
   where c.oid = any ($1::pg_catalog.oid[])
     and (c.relkind = 'p'
          or not (pg_catalog.current_setting('autovacuum')::pg_catalog.bool and pg_catalog.current_setting('track_counts')::pg_catalog.bool)
          or exists (select from pg_catalog.pg_options_to_table(c.reloptions) o where o.option_name = 'autovacuum_enabled' and not o.option_value::pg_catalog.bool))`;

/** Tables, by oid on staging, of whose new rows the planner would learn nothing by itself. All others autovacuum analyses within its minute. Throws SqlError. */
export async function unanalysedTables(staging: Session, tasks: readonly TableTask[]): Promise<ReadonlySet<string>> {
  const rows = await staging.query<{ oid: string }>(unanalysedQuery, [tasks.map(({ to }) => to.oid)]);
  return new Set(rows.map(({ oid }) => oid));
}

/** That this fails says nothing of the rows. */
export async function analyse(writer: Session, tables: readonly Pick<FilledTable, 'task'>[]): Promise<void> {
  if (tables.length === 0) return;
  const names = tables.map(({ task: { to } }) => rowsOf({ ...to, partitioned: true }));
  await writer.execute(`analyze ${names.join(', ')}`).catch((error: unknown) => {
    if (!(error instanceof SqlError)) throw error;
  });
}
