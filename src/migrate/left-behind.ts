import type { Session } from '../core/ports.ts';

/**
 * Which indexes can't be used: CREATE INDEX CONCURRENTLY leaves such a one when it fails. An index of a partitioned table is left out: it is
 * invalid until every partition has its own, which is no leftover.
 */
const invalidIndexQuery = `
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not i.indisvalid and c.relkind = 'i'
order by 1`;

export async function readInvalidIndexes(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.query<{ name: string }>(invalidIndexQuery);
  return new Set(rows.map(({ name }) => name));
}

/**
 * One sentence: what of a failed migration stayed in the database, and what a second run meets.
 *
 * @param done the first lines of the statements that were committed, in order
 * @param total statements of the migration
 */
export function describeLeftBehind(
  done: readonly { readonly index: number; readonly text: string }[],
  total: number,
  invalidIndexes: readonly string[],
): string {
  if (done.length === 0 && invalidIndexes.length === 0) return 'nothing but the positions of sequences, since the transaction was rolled back';
  const parts: string[] = [];
  if (done.length > 0) {
    const named = done.slice(0, 3).map(({ index, text }) => `${index} (${firstWords(text)})`);
    const more = done.length > named.length ? ` and ${done.length - named.length} more` : '';
    parts.push(`${done.length} of ${total} statements, which were committed: ${named.join(', ')}${more}`);
  }
  if (invalidIndexes.length > 0) {
    const one = invalidIndexes.length === 1;
    parts.push(
      `the invalid ${one ? 'index' : 'indexes'} ${invalidIndexes.join(', ')}, which ${one ? 'slows every write down and serves' : 'slow every write down and serve'} no query`,
    );
  }
  return `${parts.join('; ')}; a second run starts at statement 1 again and meets them`;
}

function firstWords(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
