import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';

/**
 * What production has and pg_dump leaves out without a word: invalid indexes, internal triggers of foreign keys that were switched off, and
 * the rows of unlogged tables when the source is a standby.
 */
const notDumpedQuery = `
  select 'index' as "kind", pg_catalog.format('%I.%I', n.nspname, c.relname) as "name",
         'the index is invalid in production; a dump leaves it out' as "message",
         'Drop or rebuild it in production (reindex index concurrently), or accept the loss in clone.acceptLosses.' as "cure"
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where not i.indisvalid and c.relkind = 'i' and n.nspname !~ '^pg_'
  union all
  select 'constraint', pg_catalog.format('%s on %I.%I', pg_catalog.quote_ident(k.conname), n.nspname, c.relname),
         'the foreign key''s own triggers are switched off in production; in the copy it is enforced',
         'Enable the triggers in production, or accept the loss in clone.acceptLosses.'
    from pg_catalog.pg_trigger t join pg_catalog.pg_constraint k on k.oid = t.tgconstraint
    join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where t.tgisinternal and t.tgenabled <> 'O' and k.contype = 'f'
   group by 1, 2, 3, 4
  union all
  select 'table', pg_catalog.format('%I.%I', n.nspname, c.relname),
         'the table is unlogged: a standby can''t read its rows',
         'Copy from the primary (source.allowPrimary), or accept the loss in clone.acceptLosses.'
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and c.relpersistence = 'u' and pg_catalog.pg_is_in_recovery() and n.nspname !~ '^pg_'
   order by 1, 2`;

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly cure: string;
}

export async function findNotDumped(session: Session): Promise<readonly FidelityLoss[]> {
  const rows = await session.query<Row>(notDumpedQuery);
  return rows.map(({ kind, name, message, cure }) => ({ object: { kind, name }, message: `${kind} ${name}: ${message}`, cure }));
}
