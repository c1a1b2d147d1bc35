import type { Failure } from '../../src/core/failure.ts';
import { type BackDifference, tellDataDifference, type WayBackStep } from '../../src/core/rollback.ts';
import type { TriedDown, WrittenSince } from './rehearse-downs.ts';

/** What became of a way down in a database without rows, in one filled before the migration, and in one filled after it. */
export type DownStates = readonly [empty: string, filled: string, written: string];

/** What is expected of a way down about which nothing else is known. */
export const restoring: DownStates = ['restored', 'restored', 'runs'];

/**
 * In words that a list of expectations can be written in: `restored`, or what isn't (`schema`, `order` of columns, `data`, `ledger`, `again`), joined by a
 * plus; `unchanged` where the migration did nothing; `empty`; `fails` with its SQLSTATE; `deletes` rows.
 */
export function statesOf({ empty, filled, written }: TriedDown): DownStates {
  return [stepState(empty), stepState(filled), writtenState(written)];
}

export function writtenState({ failure, deleted }: WrittenSince): string {
  if (failure !== undefined) return `fails ${failure.sql?.sqlstate}`;
  return Object.keys(deleted).length > 0 ? 'deletes' : 'runs';
}

function stepState(step: WayBackStep | Failure | undefined): string {
  if (step === undefined) return 'no table';
  if ('code' in step) return `up fails ${step.sql?.sqlstate}`;
  if (step.outcome === 'failed') return `fails ${step.failure?.sql?.sqlstate}`;
  const wrong = [
    ...(step.outcome === 'done' ? [] : [step.outcome]),
    ...(step.differences.some(({ policy }) => policy === 'fail') ? ['schema'] : []),
    ...(step.differences.some(({ policy }) => policy !== 'fail') ? ['order'] : []),
    ...(step.data.length > 0 ? ['data'] : []),
    ...(step.ledger === undefined ? [] : ['ledger']),
    ...(step.again?.ok === false ? ['again'] : []),
  ];
  return wrong.length > 0 ? wrong.join('+') : step.changed ? 'restored' : 'unchanged';
}

/** The same for the cells of a table, with what differs and what is lost. */
export function tellStates(tried: TriedDown): DownStates {
  const empty = tellStep(tried.empty);
  const filled = tellStep(tried.filled);
  return [empty, filled === empty ? 'the same' : filled, tellWritten(tried.written)];
}

export function tellWritten({ failure, deleted }: WrittenSince): string {
  if (failure !== undefined) return tellFailure('fails', failure);
  const tables = Object.entries(deleted).map(([table, rows]) => `**deletes rows** of ${table}: ${rows}`);
  return tables.length > 0 ? tables.join('<br>') : 'runs';
}

function tellStep(step: WayBackStep | Failure | undefined): string {
  if (step === undefined) return 'no table yet';
  if ('code' in step) return tellFailure('can’t be applied', step);
  if (step.outcome === 'failed' && step.failure !== undefined) return tellFailure('fails', step.failure);
  const parts = [
    ...(step.outcome === 'empty' ? ['**nothing is taken back**'] : []),
    ...step.differences.map(tellDifference),
    ...step.data.map((one) => `**${tellDataDifference(one)}**`),
    ...(step.ledger === undefined ? [] : [step.ledger]),
    ...(step.again?.ok === false ? [tellFailure('can’t be applied again', step.again.failure)] : []),
  ];
  return parts.length > 0 ? parts.join('<br>') : step.changed ? 'restored' : 'nothing to take back';
}

export function tellFailure(what: string, { sql, message }: Failure): string {
  return `**${what}**: ${sql === undefined ? message : `${sql.sqlstate}, ${sql.message}`}`;
}

export function tellDifference({ class: kind, object, title }: BackDifference): string {
  if (kind === 'order') return `order of columns of ${object.name}`;
  const short = title
    .replace(/ in the clone after going back/g, ' after')
    .replace(/ in what was before/g, ' before')
    .replace(/ differs between .*/, ' differs');
  return `**${short}**`;
}
