import { parseQualifiedName } from '../../sql/quote.ts';
import type { RowVolumes, TableVolume } from './read-row-volumes.ts';

/**
 * The table that a configured name means: by its name after migrating, else by the one before. Without a schema, `public` comes first.
 * Undefined where neither side has such a table.
 */
export function findTable(name: string, before: RowVolumes, after: RowVolumes): TableVolume | undefined {
  const parsed = parseQualifiedName(name);
  const isMeant = (table: TableVolume) =>
    parsed !== undefined && table.table === parsed.name && (parsed.schema === undefined || table.schema === parsed.schema);
  // A name with capitals may be written without its quotes.
  const isWritten = (table: TableVolume) => name === `${table.schema}.${table.table}` || name === table.table;
  for (const { tables } of [after, before]) {
    const found = tables.filter((table) => isMeant(table) || isWritten(table));
    const table = found.find(({ schema }) => schema === 'public') ?? found[0];
    if (table !== undefined) return table;
  }
  return undefined;
}
