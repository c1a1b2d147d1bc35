import type { SqlErrorFields } from '../../core/failure.ts';
import type { QueryColumn, QueryPlan, QueryTrial } from '../../core/queries.ts';

/** What became of a query that works where it belongs, on the other schema. */
export type TrialComparison =
  | { readonly kind: 'fine' }
  | { readonly kind: 'broken'; readonly sql: SqlErrorFields; readonly text: string }
  /** It failed for a reason that says nothing of the schema, such as a timeout. */
  | { readonly kind: 'undecided'; readonly sql: SqlErrorFields }
  /** It works, and reaches other tables or columns. A clause. */
  | { readonly kind: 'misdirected'; readonly what: string }
  | { readonly kind: 'changed'; readonly what: readonly string[] };

/** Cancelled, no lock, no room, a conflict with another session: of the moment. */
const ofTheMoment = /^(57|55P03|53|54|40|58|XX)/;

/** Compares a query on two schemas. @param known works */
export function compareTrials(known: Exclude<QueryTrial, { kind: 'failed' }>, other: QueryTrial): TrialComparison {
  // A plan that couldn't be had on either side is told elsewhere.
  const sql = other.kind === 'failed' ? other.sql : other.kind === 'parsed' && known.kind === 'planned' ? other.why : undefined;
  if (sql !== undefined) return ofTheMoment.test(sql.sqlstate) ? { kind: 'undecided', sql } : { kind: 'broken', sql, text: other.text };
  if (other.kind === 'failed') return { kind: 'fine' };
  if (other.kind === 'planned' && other.misdirected !== undefined) return { kind: 'misdirected', what: other.misdirected };
  const what = [...changedColumns(known.columns, other.columns), ...(other.kind === 'planned' ? changedDefaults(known, other.plan) : [])];
  return what.length === 0 ? { kind: 'fine' } : { kind: 'changed', what };
}

/** Columns that an INSERT gives nothing to and that get something else now, a clause each. A number that a sequence deals is one as well as another. */
function changedDefaults(known: Exclude<QueryTrial, { kind: 'failed' }>, { leftOut = [], tables }: QueryPlan): readonly string[] {
  if (known.kind !== 'planned') return [];
  const oidOf = (all: QueryPlan['tables'], name: string) => all.find(({ schema, table }) => `${schema}.${table}` === name)?.oid;
  return (known.plan.leftOut ?? []).flatMap((was) => {
    const now = leftOut.find((one) => one.number === was.number && oidOf(tables, one.table) === oidOf(known.plan.tables, was.table));
    if (now === undefined || bare(now.value) === bare(was.value) || [was, now].every(({ value }) => value.startsWith('nextval('))) return [];
    return [`${now.name}, which it leaves out, was ${bare(was.value)} and is ${bare(now.value)}`];
  });
}

/** A number of another type is quoted: `'0'::numeric`. */
function bare(value: string): string {
  return value.replace(/^'(-?[\d.]+)'$/, '$1');
}

/** What is different about the columns of a result, a clause each. */
function changedColumns(before: readonly QueryColumn[] | undefined, after: readonly QueryColumn[] | undefined): readonly string[] {
  if (before === undefined || after === undefined) return before === after ? [] : ['it gives rows on one of the schemas only'];
  const count = (columns: readonly QueryColumn[]) => `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
  if (before.length !== after.length) {
    const names = new Set(before.map(({ name }) => name));
    const stay = new Set(after.map(({ name }) => name));
    const added = after.filter(({ name }) => !names.has(name)).map(({ name }) => name);
    const gone = before.filter(({ name }) => !stay.has(name)).map(({ name }) => name);
    const which = [...(added.length === 0 ? [] : [`new: ${added.join(', ')}`]), ...(gone.length === 0 ? [] : [`gone: ${gone.join(', ')}`])].join('; ');
    return [`${count(before)}, then ${count(after)}${which === '' ? '' : ` (${which})`}`];
  }
  return before.flatMap((column, index) => {
    const now = after[index];
    if (now === undefined) return [];
    const place = `column ${index + 1}`;
    if (column.name !== now.name) return [`${place} was ${column.name} and is ${now.name}`];
    if (column.type !== now.type) return [`${column.name} was ${column.type} and is ${now.type}`];
    return column.typeOid === now.typeOid ? [] : [`the type ${column.type} of ${column.name} was made anew`];
  });
}
