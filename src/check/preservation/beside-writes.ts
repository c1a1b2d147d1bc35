import { type Finding, findingId } from '../../core/finding.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { namesTable } from '../names-table.ts';
import type { TableRowChange } from '../row-bounds/row-changes.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';
import type { DeclaredContentChange } from './declared-change.ts';
import type { ColumnFate } from './follow-columns.ts';

/**
 * A column that holds other values, of a table to which rows were written. That is the row bounds' to judge, but for two cases: the team has said which columns
 * may change, and this is none of them; or the column was altered while fewer rows were updated than there are, so that a rewrite may have changed the others
 * behind them.
 */
export function besideWrites({ table, column, to }: ColumnFate, written: TableRowChange, declared: readonly DeclaredContentChange[]): Finding | undefined {
  if (to === undefined) return undefined;
  const object = { kind: 'column', name: `${to.table.name}.${quoteIdentifier(to.column.name)}` };
  const base = {
    id: findingId(about.check, object),
    check: about.check,
    phase: about.phase,
    rootCause: 'data-loss' as const,
    object,
    cure: 'Correct the statement that writes it, or declare in data.contentChanges that its values may change.',
  };
  const rows = (['inserted', 'updated', 'deleted'] as const).filter((kind) => written[kind] > 0).map((kind) => `${showCount(written[kind], 'row')} ${kind}`);
  const named = declared.filter((one) => one.columns !== undefined && (namesTable(one.table, table) || namesTable(one.table, to.table)));
  if (named.length > 0 && written.updated > 0) {
    const columns = [...new Set(named.flatMap(({ columns = [] }) => columns))].map(quoteIdentifier).join(', ');
    const others = written.inserted + written.deleted > 0;
    // Triggers note the time of each change; nobody thinks of that as of a value that changes.
    const severity = column.type.startsWith('timestamp') ? 'warning' : others ? 'doubt' : 'blocker';
    const title = `Values of ${object.name} have changed, and only ${columns} may`;
    return {
      ...base,
      severity,
      title,
      detail: `${rows.join(', ')}.${others ? ' Whether updates changed this column can’t be told from rows that came or went.' : ''}`,
    };
  }
  const isTree = table.stores.some((oid) => oid !== table.oid);
  const rewritten = (isTree || table.file !== to.table.file) && column.version !== to.column.version;
  if (!rewritten || written.updated >= table.rows) return undefined;
  return {
    ...base,
    severity: 'doubt',
    title: `Values of ${object.name} have changed, and the column was altered: nothing shows that written rows alone account for it`,
    detail: `${rows.join(', ')}, of ${showCount(table.rows, 'row')}. A command that writes the table anew may have changed the others.`,
  };
}
