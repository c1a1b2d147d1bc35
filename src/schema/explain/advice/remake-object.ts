import { type Advised, type Change, unknown, withNote } from './change.ts';
import { dropStatement } from './drop-statement.ts';
import { ownStatements } from './statements-of.ts';

/** Drops an object and makes it as the other side has it; undefined where the statements aren't known. */
export function remakeObject({ kind, name, haveObject, wantObject }: Change): Advised | undefined {
  const drop = dropStatement(haveObject ?? { kind, name });
  const made = wantObject === undefined ? [] : ownStatements(wantObject);
  const first = made[0];
  if (drop === undefined || first === undefined) return undefined;
  if (made.some(({ sql }) => sql.includes("'hidden "))) return unknown('Its statement holds a secret, which is not shown.');
  // It goes right before it is made again, so that nothing in between can miss it.
  return withNote({ steps: [{ ...drop, stage: first.stage }, ...made], notes: [] }, 'It is dropped and made again: what depends on it must be dropped before.');
}
