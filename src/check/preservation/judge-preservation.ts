import type { CheckOutcome } from '../../core/check-outcome.ts';
import { hexadecimalHash } from '../../core/data.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { conclude } from '../conclude.ts';
import { namesTable } from '../names-table.ts';
import type { TableRowChange } from '../row-bounds/row-changes.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';
import { besideWrites } from './beside-writes.ts';
import type { Content, TableContent } from './content.ts';
import { type DeclaredContentChange, declarationOf } from './declared-change.ts';
import { type AnsweredQuestion, displacedValues } from './displaced-values.ts';
import { droppedPartitions } from './dropped-partitions.ts';
import type { ColumnFate, Place } from './follow-columns.ts';
import { largeObjectFindings } from './large-objects.ts';
import { leftParents } from './left-parents.ts';
import { type TakenName, takenNameFindings } from './taken-names.ts';
import { type Relabelled, renamedAttributes } from './type-definitions.ts';
import { unloggedTables } from './unlogged-tables.ts';

export interface PreservationInput {
  /** Of every column that held values: see followColumns. */
  readonly fates: readonly ColumnFate[];
  readonly before: Content;
  readonly after: Content;
  /** Columns that aren't what goes by their name now. */
  readonly taken: readonly TakenName[];
  /** Whether values stand in the rows in which they stood, where that was asked. */
  readonly answers: readonly AnsweredQuestion[];
  /** Enums of which labels were renamed, by type. */
  readonly relabelled: ReadonlyMap<string, Relabelled>;
  /** What the server's counters say was written to each table. */
  readonly changes: readonly TableRowChange[];
  /** What the team says may change. */
  readonly declared: readonly DeclaredContentChange[];
  /** The ledger's table: its rows are the tool's. */
  readonly ledger?: string;
  /** Set where only so many percent of the rows were looked at. */
  readonly sampledPercent?: number | undefined;
  /** Tables of which the rows that were looked at can't be found again. */
  readonly unfollowed?: readonly TableContent[];
  /** Whether values that a type change altered are the old ones when they are read back as the old type; undefined where that can't be done. */
  readonly readsBack: (fate: ColumnFate) => boolean | undefined;
}

/**
 * Judges whether the values that were there before are there after. A dropped column or table whose values are nowhere else, and a column that holds others
 * although no row was written, are blockers unless the team has declared them. What the counters explain is left to the row bounds. Pure.
 */
export function judgePreservation(input: PreservationInput): CheckOutcome {
  const startedAt = performance.now();
  const fates = input.fates.filter(({ table }) => !isLedger(input.ledger, table));
  const open = fates.filter((fate) => declarationOf(input.declared, fate) === undefined);
  const dropped = open.filter(({ fate, table }) => fate === 'lost' && !input.after.tables.has(table.oid));
  const findings: Finding[] = [...Map.groupBy(dropped, ({ table }) => table)].map(([table, columns]) => inSample(lostTable(table, columns), input));
  for (const table of input.unfollowed ?? []) findings.push(unfollowedTable(table));
  for (const finding of droppedPartitions(open, input)) findings.push(inSample(finding, input));
  findings.push(...leftParents(input.before, input.after, input.declared));
  findings.push(...unloggedTables(fates, input.before, input.after, input.declared));
  findings.push(...largeObjectFindings(input.before.largeObjects, input.after.largeObjects, input.declared));
  const taken = input.taken.filter(({ fate }) => open.includes(fate));
  for (const finding of takenNameFindings(taken)) findings.push(inSample(finding, input));
  findings.push(...displacedValues(input.answers, input.declared));
  for (const fate of open) {
    if (dropped.includes(fate)) continue;
    const finding = fate.fate === 'lost' ? lostColumn(fate) : fate.fate === 'changed' ? changedColumn(fate, input) : exchangedLabels(fate, input);
    if (finding !== undefined) findings.push(inSample(finding, input));
  }
  const [first] = [...findings.filter(({ severity }) => severity === 'blocker'), ...findings.filter(({ severity }) => severity === 'doubt')];
  const kept = fates.filter(({ fate }) => fate === 'kept' || fate === 'moved');
  const values = kept.reduce((sum, { column }) => sum + column.values, 0);
  return conclude({
    gate: 'preservation',
    phase: about.phase,
    // A production without a value has none to lose.
    required: fates.length > 0,
    notApplicable: fates.length === 0,
    couldFail: fates.length > 0,
    proof: fates.length === 0 ? 'no table held a value' : `hashes of ${showCount(fates.length, 'column')} that hold values, before and after`,
    summary:
      first === undefined
        ? `${showCount(values, 'value')} of ${showCount(kept.length, 'column')} preserved${tellMoved(kept)}${input.sampledPercent === undefined ? '' : `; of a sample of ${input.sampledPercent} percent of the rows`}.`
        : `${first.title}.`,
    ...(input.sampledPercent !== undefined && { sampledPercent: input.sampledPercent }),
    findings,
    startedAt,
  });
}

/** What a sample shows to be lost may have moved to a table that is new, of which no sample of the same rows can be had. */
function inSample(finding: Finding, { sampledPercent, fates, after }: PreservationInput): Finding {
  if (sampledPercent === undefined) return finding;
  const known = new Set(fates.map(({ table }) => table.oid));
  const mayHaveMoved = finding.object.kind === 'table' && [...after.tables.values()].some(({ oid, rows }) => rows > 0 && !known.has(oid));
  const said = `Counted in a sample of ${sampledPercent} percent of the rows.${mayHaveMoved ? ' Values can’t be followed through it to a new table.' : ''}`;
  const severity = mayHaveMoved && finding.severity === 'blocker' ? 'doubt' : finding.severity;
  return { ...finding, severity, detail: finding.detail === undefined ? said : `${finding.detail}\n${said}` };
}

function unfollowedTable(table: TableContent): Finding {
  const object = { kind: 'table', name: table.name };
  return {
    ...base(object),
    severity: 'doubt',
    id: findingId(about.check, object, 'sample'),
    title: `The rows of ${table.name} that were looked at can’t be found again: its primary key is another`,
    cure: 'Set data.preservation to exact for this release.',
  };
}

/** What goes by another name now, columns before whole tables, three at most: `; public.a.old → new: 1,204 values`. */
function tellMoved(kept: readonly ColumnFate[]): string {
  const columns = kept.filter(({ column, to }) => to !== undefined && to.column.name !== column.name);
  const tables = new Map(
    kept.flatMap(({ table, to }) => (to === undefined || to.table.name === table.name ? [] : [[`${table.name} → ${to.table.name}`, table]])),
  );
  const all = [
    ...columns.map((fate) => `${nameOf(fate)} → ${newName(fate)}: ${showCount(fate.column.values, 'value')}`),
    ...[...tables].map(([names, { rows }]) => `${names}: ${showCount(rows, 'row')}`),
  ];
  const more = all.length > 3 ? [`${all.length - 3} more renamed or moved`] : [];
  return [...all.slice(0, 3), ...more].map((one) => `; ${one}`).join('');
}

function nameOf({ table, column }: Pick<ColumnFate, 'table' | 'column'>): string {
  return `${table.name}.${quoteIdentifier(column.name)}`;
}

function newName({ table, to }: ColumnFate): string {
  if (to === undefined) return '';
  return to.table.name === table.name ? quoteIdentifier(to.column.name) : nameOf(to);
}

/** Its rows are the tool's own. */
export function isLedger(ledger: string | undefined, table: TableContent): boolean {
  return ledger !== undefined && namesTable(ledger, table);
}

function lostTable(table: TableContent, columns: readonly ColumnFate[]): Finding {
  const object = { kind: 'table', name: table.name };
  const whole = columns.length === table.columns.filter(({ values }) => values > 0).length;
  const what = whole
    ? 'whose values are in no new column'
    : `of which ${columns.map(({ column }) => quoteIdentifier(column.name)).join(', ')} can be found in no new column`;
  return {
    ...base(object),
    id: findingId(about.check, object),
    title: `${table.name} was dropped with ${showCount(table.rows, 'row')}, ${what}`,
    detail: columns.map(({ column }) => `${column.name}: ${showCount(column.values, 'value')}.`).join('\n'),
    showSql: `select * from ${table.name} limit 20 -- before migrating`,
  };
}

function lostColumn(fate: ColumnFate): Finding {
  const { table, column } = fate;
  const object = { kind: 'column', name: nameOf(fate) };
  return {
    ...base(object),
    severity: column.generated ? 'note' : 'blocker',
    id: findingId(about.check, object),
    title: `${object.name} was dropped with ${showCount(column.values, 'value')}, which ${column.generated ? 'follow from other columns' : 'are in no new column'}`,
    showSql: `select ${quoteIdentifier(column.name)} from ${table.name} where ${quoteIdentifier(column.name)} is not null limit 20 -- before migrating`,
  };
}

/** A column that holds other values than before. Undefined where rows were written, which the row bounds judge. */
function changedColumn(fate: ColumnFate, { changes, declared, readsBack, relabelled }: PreservationInput): Finding | undefined {
  const { table, column, to } = fate;
  if (to === undefined) return undefined;
  if (column.generated && to.column.generated) return workedOutAnew(fate, to, changes);
  const retyped = to.column.type !== column.type;
  const written = changes.find(({ oid }) => oid === table.oid);
  const object = { kind: 'column', name: nameOf(to) };
  const labels = retyped ? undefined : relabelled.get(column.type);
  if (labels !== undefined && labels.reused.length > 0) return { ...relabelledColumn(fate, labels, object), severity: 'blocker' };
  if (!retyped && to.column.values === 0 && to.table.rows > 0) return emptiedColumn(fate, object);
  if (!retyped && written !== undefined && written.inserted + written.updated + written.deleted > 0) return besideWrites(fate, written, declared);
  if (labels !== undefined && readsBack(fate) === true) return { ...relabelledColumn(fate, labels, object), severity: 'note' };
  const types = retyped ? `, and ${column.type} became ${to.column.type}` : '';
  // jsonb keeps neither blanks nor the order of keys: what was written can't be had back from it.
  const isJson = column.type === 'json' && to.column.type === 'jsonb';
  const read = retyped ? readsBack(fate) : undefined;
  const back = isJson && read === false && column.values === to.column.values ? undefined : read;
  const same = back === true;
  const detail = [
    ...(back === true ? [`Read back as ${column.type}, they are the values of before.`] : []),
    ...(back === false ? [`Read back as ${column.type}, at least one value is another than before.`] : []),
    ...(retyped && back === undefined ? [`They can’t be read back as ${column.type}, so that nothing shows whether they mean the same.`] : []),
    ...(retyped ? [] : ['No row was inserted, updated or deleted: a command that writes the table anew, or changes the type, has changed them.']),
  ];
  return {
    ...base(object),
    severity: same ? 'note' : retyped && back === undefined ? 'doubt' : 'blocker',
    id: findingId(about.check, object),
    title: same
      ? `${object.name} is written in another way since ${column.type} became ${to.column.type}; its values are the same`
      : `Values of ${object.name} have changed${types}`,
    detail: detail.join(' '),
    expected: `${showCount(column.values, 'value')}, hash ${hexadecimalHash(column.sum)}`,
    actual: `${showCount(to.column.values, 'value')}, hash ${hexadecimalHash(to.column.sum)}`,
  };
}

/** Where rows were written, other values follow from others. */
function workedOutAnew(fate: ColumnFate, to: Place, changes: PreservationInput['changes']): Finding | undefined {
  if (changes.some(({ oid }) => oid === fate.table.oid)) return undefined;
  const object = { kind: 'column', name: nameOf(to) };
  const title = `${object.name} is worked out in another way now, and holds other values`;
  return { ...base(object), severity: 'warning', id: findingId(about.check, object), title, cure: 'Nothing, where that is what the release is for.' };
}

/** As many rows may have had one label as the other: then the column's texts are those of before. What a composite type's attributes are called never is in them. */
function exchangedLabels(fate: ColumnFate, { relabelled, before, after }: PreservationInput): Finding | undefined {
  const { column, to } = fate;
  const type = column.type.replace(/\[\]$/, '');
  const labels = to?.column.type === column.type ? (relabelled.get(type) ?? renamedAttributes(before.types, after.types).get(type)) : undefined;
  if (to === undefined || labels === undefined || labels.reused.length === 0) return undefined;
  return { ...relabelledColumn(fate, labels, { kind: 'column', name: nameOf(to) }), severity: 'blocker' };
}

/** No row of a table that has rows holds a value any more. */
function emptiedColumn({ column }: ColumnFate, object: Finding['object']): Finding {
  return {
    ...base(object),
    id: findingId(about.check, object),
    title: `${object.name} is empty: ${showCount(column.values, 'value')} ${column.values === 1 ? 'was' : 'were'} there before`,
    cure: 'Correct the statement that writes it, or declare in data.contentChanges that its values may go.',
  };
}

function relabelledColumn({ column, to }: ColumnFate, { what, renamed, reused }: Relabelled, object: Finding['object']): Omit<Finding, 'severity'> {
  const said = [...renamed].map(([label, former]) => `“${former}” is “${label}” now`).join(', ');
  return {
    ...base(object),
    id: findingId(about.check, object),
    title:
      reused.length > 0
        ? `Values of ${object.name} mean something else: ${what} of ${column.type} stand for what others stood for`
        : `Values of ${object.name} are the same rows’ under new ${what} of ${to?.column.type ?? column.type}`,
    detail: `${said}.`,
  };
}

function base(object: Finding['object']): Omit<Finding, 'id' | 'title'> {
  return { check: about.check, phase: about.phase, severity: 'blocker', rootCause: 'data-loss', object, cure: about.cure };
}
