import type { AnchorParity, PartParity, StampReport } from '../core/lineage.ts';
import type { HistorySummary } from '../core/run-record.ts';
import { showCountOf } from './measures.ts';

/** What a part of a structure is called. */
export const partWords: Readonly<Record<PartParity['part'], string>> = {
  tables: 'tables',
  columns: 'columns, with type and nullability',
  defaults: 'defaults',
  constraints: 'constraints and foreign keys',
  indexes: 'indexes',
  enums: 'enums and other types',
  sequences: 'sequences and their owners',
  other: 'views, functions, rights and all else',
};

/** @example '30 compared: the same' */
export function parityWords({ compared, deviations }: PartParity): string {
  if (deviations.length > 0) return `${showCountOf(deviations.length, 'deviation')} in ${compared} compared`;
  return compared === 0 ? 'nothing to compare' : `${compared} compared: the same`;
}

/** Against what production was held, as a heading. */
export function parityHeading({ label }: AnchorParity): string {
  return `Production against ${label}`;
}

/** How the stamp was made, and what it left as it was. */
export function stampWords({ by, command, ledger, objects, tables, written, schemaBefore, schemaAfter }: StampReport): string {
  const how = by === 'tool' ? `by ${command.join(' ')}` : 'by the rows that the tool would write';
  const schema = schemaBefore === schemaAfter ? `the facts of ${showCountOf(objects, 'object')} are what they were` : 'the schema is another one than before';
  const rows = written.length === 0 ? `of ${showCountOf(tables, 'table')} none was written` : `written besides: ${written.join(', ')}`;
  return `${how}; ${schema}, ${rows}; the list is ${ledger.join(', ')}`;
}

/** A sentence for the terminal and for comments, without its full stop; undefined where no clone was stamped. */
export function historySentence(history: HistorySummary | undefined): string | undefined {
  if (history?.stamp === undefined) return undefined;
  const { stamp, applied } = history;
  const end = applied === undefined ? '' : `; the migrations led it to ${applied.current.join(', ')}`;
  return `Production has no list of applied migrations: the clone was stamped with ${stamp.revision}, and production was not${end}`;
}
