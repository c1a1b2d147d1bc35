import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { type CopyTable, copyOutStatement, selectList } from '../live/table-list.ts';

/** What one file of a dump holds: a table, the rows of a large one that lie in a range of its pages, or some large objects. */
export interface DumpPart {
  /** For messages and, made harmless, for file names. */
  readonly label: string;
  readonly statement: string;
  /** Absent: large objects. */
  readonly table?: CopyTable;
}

/** Large enough that a part more costs nothing, small enough that two readers end at about the same time. */
const defaultPartBytes = 256 * 1024 ** 2;
const pageBytes = 8192;

/**
 * Cuts tables into parts of about 256 MB. Together the parts of a table are all of its rows and none twice, whatever its size has
 * become since: the ranges touch, and the last has no end. Before PostgreSQL 14 a range of pages means reading the whole table, so nothing is cut.
 */
export async function tableParts(session: Session, tables: readonly CopyTable[], partBytes = defaultPartBytes): Promise<readonly DumpPart[]> {
  const parts: DumpPart[] = [];
  for (const table of tables) {
    const isCut = session.serverVersionNum >= 140_000 && table.sizeBytes >= 2 * partBytes && table.extensionCondition === null && table.columns.length > 0;
    // The size of a table is its values' too, which may lie elsewhere: ranges are of the pages that hold its rows.
    const pages = isCut ? await pagesOf(session, table) : 0;
    const count = Math.max(1, Math.min(Math.round(table.sizeBytes / partBytes), pages));
    const label = `${table.schema}.${table.name}`;
    if (count === 1) parts.push({ label, table, statement: copyOutStatement(table) });
    else for (let index = 0; index < count; index++) parts.push({ label, table, statement: rangeStatement(table, index, count, pages) });
  }
  return parts;
}

function rangeStatement(table: CopyTable, index: number, count: number, pages: number): string {
  const border = (place: number) => `'(${Math.floor((pages * place) / count)},0)'::pg_catalog.tid`;
  const limits = [...(index === 0 ? [] : [`ctid >= ${border(index)}`]), ...(index === count - 1 ? [] : [`ctid < ${border(index + 1)}`])];
  return `copy (select ${selectList(table)} from only ${qualifiedName(table.schema, table.name)} where ${limits.join(' and ')}) to stdout`;
}

async function pagesOf(session: Session, table: CopyTable): Promise<number> {
  const [row] = await session.query<{ bytes: string }>('select pg_catalog.pg_relation_size($1::pg_catalog.regclass) as bytes', [
    qualifiedName(table.schema, table.name),
  ]);
  return Math.ceil(Number(row?.bytes ?? 0) / pageBytes);
}
