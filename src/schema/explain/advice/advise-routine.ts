import { type Advised, advised, type Change, withNote } from './change.ts';
import { dropStatement } from './drop-statement.ts';
import { stageOf } from './stages.ts';
import { ownStatements } from './statements-of.ts';

/** A function or procedure: replaced where Postgres allows it, which keeps its owner, its rights and what depends on it. */
export function adviseRoutine(change: Change): Advised | undefined {
  const { kind, name, property, wantObject } = change;
  const made = wantObject?.statements.find((sql) => /^CREATE /.test(sql));
  if (wantObject === undefined || made === undefined || property === undefined) return undefined;
  if (made.includes("'hidden ")) return { steps: [], notes: ['Its statement holds a secret, which is not shown.'] };
  // What kind of routine it is, and how it is called, can't be replaced.
  const windows = [change.have, change.want].filter((text) => /\bWINDOW\b/.test(text ?? '')).length === 1;
  const again = property === 'arguments' || property === 'returns' || kind === 'aggregate' || windows;
  if (!again) {
    const sql = made.replace(/^CREATE (?!OR REPLACE )/, 'CREATE OR REPLACE ');
    return advised({ stage: stageOf(sql), sql });
  }
  const drop = dropStatement({ kind, name });
  if (drop === undefined) return undefined;
  const steps = [{ ...drop, stage: stageOf(made) }, ...ownStatements(wantObject)];
  return withNote({ steps, notes: [] }, 'It is dropped and made again: what calls it in a view, default, index or trigger must be dropped before.');
}
