import type { ParityException } from '../../config/schema.ts';
import { type TableCount, tableName } from '../../core/data.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { namesTable } from '../names-table.ts';
import { showCount } from '../show-count.ts';
import { rowParity } from './about.ts';

/** How one table of the clone differs from production's, and the finding that says so. */
export interface Deviation {
  readonly finding: Finding;
  readonly table: Pick<TableCount, 'schema' | 'table'>;
  /** Set where it has other rows: production's, and the clone's. */
  readonly rows?: { readonly expected: number; readonly actual: number };
  /** Set where it holds other content: the columns that do; none where values have changed places between rows. */
  readonly columns?: readonly string[];
}

/**
 * Tells deviations that the team has explained as notes, with the reason. An exception that explains nothing is a doubt, as an unmatched waiver is: it would
 * stay, and explain what nobody has looked at. Pure.
 *
 * @param found all deviations of both sides. Those of tables that only one side has are never explained.
 */
export function applyExceptions(found: readonly Deviation[], exceptions: readonly ParityException[], tables: readonly TableCount[]): readonly Finding[] {
  const used = new Set<ParityException>();
  const findings = found.map((deviation) => {
    const exception = exceptions.find((one) => explains(one, deviation, found));
    if (exception === undefined) return deviation.finding;
    used.add(exception);
    const { detail, cure: _, ...finding } = deviation.finding;
    const lines = [...(detail === undefined ? [] : [detail]), `Explained by data.parityExceptions, ${tellLimit(exception)}: ${exception.reason}`];
    return { ...finding, severity: 'note' as const, detail: lines.join('\n'), cure: 'Nothing, as long as the reason holds.' };
  });
  return [...findings, ...exceptions.filter((one) => !used.has(one)).map((one) => unneeded(one, found, tables))];
}

function explains({ table: written, rows, columns }: ParityException, deviation: Deviation, found: readonly Deviation[]): boolean {
  const { table } = deviation;
  if (!namesTable(written, table)) return false;
  if (rows === undefined && columns === undefined) return deviation.rows !== undefined || deviation.columns !== undefined;
  const fits = (counted: Deviation['rows']) => rows !== undefined && counted !== undefined && isWithin(rows, counted);
  if (deviation.rows !== undefined) return fits(deviation.rows);
  if (deviation.columns === undefined) return false;
  // Rows that may be missing have content too.
  if (fits(found.find((one) => one.rows !== undefined && tableName(one.table) === tableName(table))?.rows)) return true;
  return columns !== undefined && deviation.columns.length > 0 && deviation.columns.every((column) => columns.includes(column));
}

function isWithin(limit: NonNullable<ParityException['rows']>, { expected, actual }: NonNullable<Deviation['rows']>): boolean {
  const off = Math.abs(actual - expected);
  return off <= (typeof limit === 'number' ? limit : (expected * limit.percent) / 100);
}

function tellLimit({ rows, columns }: ParityException): string {
  const said = [
    ...(rows === undefined ? [] : [typeof rows === 'number' ? `up to ${showCount(rows, 'row')}` : `up to ${rows.percent} percent of the rows`]),
    ...(columns === undefined ? [] : [`values of ${columns.join(', ')}`]),
  ];
  return said.length === 0 ? 'whatever differs' : said.join(' and ');
}

function unneeded(exception: ParityException, found: readonly Deviation[], tables: readonly TableCount[]): Finding {
  const object = { kind: 'table', name: exception.table };
  const isThere = tables.some((table) => namesTable(exception.table, table));
  const differs = found.some(({ table }) => namesTable(exception.table, table));
  const why = !isThere ? 'production has no such table' : differs ? 'the table differs by more than it explains' : 'the table is the same on both sides';
  return {
    id: findingId(rowParity.check, object, 'exception'),
    check: rowParity.check,
    phase: rowParity.phase,
    severity: 'doubt',
    rootCause: 'fidelity',
    object,
    title: `The parity exception for ${exception.table} explains nothing: ${why}`,
    detail: `It says: ${tellLimit(exception)}, because ${exception.reason}`,
    cure: 'Take it out of data.parityExceptions, or correct it.',
  };
}
