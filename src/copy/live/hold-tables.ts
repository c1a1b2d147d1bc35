import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Session } from '../../core/ports.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { qualifiedName } from '../../sql/quote.ts';

const tablesAtOnce = 200;

/**
 * Tables whose rows now lie in another file than at the snapshot. The catalog is read as of the snapshot, the function tells what is now:
 * TRUNCATE and an ALTER TABLE that rewrites are seen by older snapshots too, which would find such a table empty. VACUUM FULL only looks like it.
 */
const rewrittenQuery = `
  select n.nspname as "schema", c.relname as "name"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and c.relpersistence <> 't' and c.relfilenode <> 0 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and pg_catalog.pg_relation_filenode(c.oid) is distinct from c.relfilenode
   order by n.nspname collate "C", c.relname collate "C"
   limit 1`;

/**
 * Keeps tables from being emptied, rewritten or dropped until the session's transaction ends (ACCESS SHARE, as pg_dump), and proves that this
 * hasn't happened since its snapshot was taken. Throws FailureError: `source-changed`, or what hinders the locks.
 *
 * @param session in a transaction at the snapshot.
 */
export async function holdTables(source: Pick<LiveSource, 'facts'>, session: Session, tables: readonly { schema: string; name: string }[]): Promise<void> {
  const { label } = source.facts;
  const changed = (name: string, how: string) =>
    failure('source-changed', `${name} was ${how} on ${label} just after the snapshot was taken: its rows can’t be read any more.`, { object: name });
  try {
    for (let from = 0; from < tables.length; from += tablesAtOnce) {
      const names = tables.slice(from, from + tablesAtOnce).map(({ schema, name }) => `only ${qualifiedName(schema, name)}`);
      await session.execute(`lock table ${names.join(', ')} in access share mode`);
    }
    const [rewritten] = await session.query<{ schema: string; name: string }>(rewrittenQuery);
    if (rewritten !== undefined) throw new FailureError(changed(qualifiedName(rewritten.schema, rewritten.name), 'emptied or rewritten'));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { sqlstate, message } = error.fields;
    const gone = sqlstate === '42P01' ? /"(.*)"/.exec(message)?.[1] : undefined;
    throw new FailureError(gone === undefined ? sourceFailure(error, label, 'locking the tables against changes') : changed(gone, 'dropped'));
  }
}
