import { type TableHash, tableName } from '../../core/data.ts';
import type { DataDifference } from '../../core/rollback.ts';
import { parseQualifiedName, qualifiedName, quoteIdentifier } from '../../sql/quote.ts';

/** What the team lets going back lose. */
export interface AcceptedLoss {
  readonly table: string;
  /** All of the table unless given. */
  readonly columns?: readonly string[] | undefined;
  readonly reason: string;
}

/**
 * What tables held before and don't hold after going back, by names; what was added besides is no loss of data, and for the comparison of schemas. Pure.
 *
 * @param ledger the list of applied migrations: its rows are the tool's
 */
export function compareTables(
  before: readonly TableHash[],
  after: readonly TableHash[],
  { ledger, accepted = [] }: { readonly ledger?: string | undefined; readonly accepted?: readonly AcceptedLoss[] } = {},
): readonly DataDifference[] {
  const now = new Map(after.map((table) => [tableName(table), table]));
  return before
    .filter((table) => !isNamed(ledger, table))
    .flatMap((table) => ofTable(table, now.get(tableName(table))).map(({ column, ...found }) => withReason(found, table, column, accepted)))
    .sort((left, right) => (left.object.name < right.object.name ? -1 : left.object.name > right.object.name ? 1 : 0));
}

type Found = DataDifference & { readonly column?: string };

function ofTable(was: TableHash, is: TableHash | undefined): readonly Found[] {
  const object = { kind: 'table' as const, name: qualifiedName(was.schema, was.table) };
  if (is === undefined) return was.rows === 0 ? [] : [{ kind: 'table', object, before: was.rows, after: 0 }];
  if (was.rows !== is.rows) return [{ kind: 'rows', object, before: was.rows, after: is.rows }, ...columnsOf(was, is, 'lost')];
  const columns = columnsOf(was, is, 'all');
  if (columns.length > 0 || was.rowHash === is.rowHash) return columns;
  // A column more or less changes the hash of whole rows: only the same columns can be in other rows.
  const same = was.columns.length === is.columns.length && was.columns.every(({ column }) => is.columns.some((one) => one.column === column));
  return same ? [{ kind: 'pairing', object, before: was.rows, after: is.rows }] : [];
}

/** Where rows are missing, every column differs: only those that have lost all of their values say more than the rows do. */
function columnsOf(was: TableHash, is: TableHash, wanted: 'all' | 'lost'): readonly Found[] {
  return was.columns.flatMap(({ column, values, hash }): readonly Found[] => {
    const now = is.columns.find((one) => one.column === column);
    const object = { kind: 'column' as const, name: `${qualifiedName(was.schema, was.table)}.${quoteIdentifier(column)}` };
    if (now === undefined || now.values === 0) {
      if (values === 0 || (wanted === 'lost' && is.rows === 0)) return [];
      return [{ kind: 'column', object, before: values, after: now?.values ?? 0, column }];
    }
    if (wanted === 'lost' || (now.values === values && now.hash === hash)) return [];
    return [{ kind: 'values', object, before: values, after: now.values, column }];
  });
}

function withReason(found: DataDifference, table: TableHash, column: string | undefined, accepted: readonly AcceptedLoss[]): DataDifference {
  const reason = accepted.find(
    (one) => isNamed(one.table, table) && (one.columns === undefined || (column !== undefined && one.columns.includes(column))),
  )?.reason;
  return reason === undefined ? found : { ...found, declared: reason };
}

/** Whether a configured name means a table. */
export function isNamed(written: string | undefined, { schema, table }: Pick<TableHash, 'schema' | 'table'>): boolean {
  const parsed = written === undefined ? undefined : parseQualifiedName(written);
  return parsed !== undefined && parsed.name === table && (parsed.schema ?? 'public') === schema;
}
