import { SqlError } from '../../core/failure.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { type SignificantToken, significantTokens } from '../../sql/significant-tokens.ts';
import type { FailedInMigration } from '../failed-statement.ts';
import { inTrial } from '../in-trial.ts';
import { describeExisting } from './describe-existing.ts';
import { type ExistingObject, findExisting } from './find-existing.ts';
import { existingStates, nameExisting } from './name-existing.ts';
import { setAside } from './set-aside.ts';

/** What stood in a statement's way. */
export interface Existing {
  readonly object: ObjectName;
  /** Whether all that is in the way is just what the statement would make; undefined where that could not be found out. */
  readonly identical: boolean | undefined;
  /** Whether the statement makes nothing but that, so that the deploy may go on without it. */
  readonly skippable: boolean;
  /** What is there and would not be made, and the reverse. */
  readonly isThere: readonly string[];
  readonly wouldBe: readonly string[];
  /** All of it, for people. */
  readonly sentence: string;
}

/** So many objects that are in one statement's way are set aside. */
const most = 10;

/**
 * Says of a statement that failed because something is there already whether that is what it would make: on the clone itself, in a transaction that is rolled back, the
 * object is set aside, the statement is run, and both are compared. Undefined for other errors, and where nothing can be said.
 *
 * @param admin a superuser's session on the clone, outside of a transaction
 */
export async function explainExisting(admin: Session, failed: FailedInMigration): Promise<Result<Existing | undefined>> {
  if (!existingStates.has(failed.error.sqlstate)) return ok(undefined);
  return ok(await inTrial(admin, failed, (statement) => lookAt(admin, failed, statement)));
}

interface SetAside {
  readonly existing: ExistingObject;
  readonly lines: readonly string[];
}

async function lookAt(admin: Session, { migrator, statement: asWritten }: FailedInMigration, statement: string): Promise<Existing | undefined> {
  const named = significantTokens(asWritten).flatMap(({ name }) => (name === undefined ? [] : [name]));
  const aside: SetAside[] = [];
  for (;;) {
    const error = await tryAs(admin, migrator, statement);
    if (error === undefined) break;
    const name = existingStates.has(error.fields.sqlstate) ? nameExisting(error.fields.message) : undefined;
    const existing = name === undefined || aside.length >= most ? undefined : await findExisting(admin, name, named);
    const [first] = aside;
    if (existing === undefined) return first === undefined ? undefined : unknown(first.existing, error.fields.message);
    aside.push({ existing, lines: await describeExisting(admin, existing) });
    try {
      await admin.execute('savepoint pgrehearse_aside');
      await setAside(admin, existing, aside.length);
    } catch (reason) {
      if (!(reason instanceof SqlError)) throw reason;
      return unknown(existing, reason.fields.message);
    }
  }
  const [first] = aside;
  if (first === undefined) return undefined;
  const compared: { readonly isThere: readonly string[]; readonly wouldBe: readonly string[] }[] = [];
  for (const { existing, lines } of aside) {
    const made = await describeExisting(admin, existing);
    // Functions of the same name with other arguments are none of the statement's.
    const there =
      existing.name.kind === 'function' ? lines.filter((line) => made.includes(line) || made.some((other) => signature(other) === signature(line))) : lines;
    compared.push({ isThere: there.filter((line) => !made.includes(line)), wouldBe: made.filter((line) => !there.includes(line)) });
  }
  return tell(
    first.existing,
    aside.length,
    compared.flatMap(({ isThere }) => isThere),
    compared.flatMap(({ wouldBe }) => wouldBe),
    makesOneThing(asWritten, aside.length),
  );
}

/** Runs the statement as the migrator, whose it will be; gives the error, and then all is as before. */
async function tryAs(admin: Session, migrator: string, statement: string): Promise<SqlError | undefined> {
  await admin.execute('savepoint pgrehearse_try');
  try {
    await admin.query(`select pg_catalog.set_config('role', $1, true)`, [migrator]);
    await admin.execute(statement);
    await admin.execute('reset role');
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await admin.execute('rollback to savepoint pgrehearse_try');
    return error;
  }
}

function tell({ object }: ExistingObject, count: number, isThere: readonly string[], wouldBe: readonly string[], alone: boolean): Existing {
  const identical = isThere.length + wouldBe.length === 0;
  const skippable = identical && alone;
  const what = `The ${object.kind} ${object.name}${count > 1 ? ` and ${count - 1} more in the way` : ''}`;
  const [be, are] = count > 1 ? ['are', 'are'] : ['is', 'is'];
  const sentence = identical
    ? `${what} ${be} there already and ${are} just what the statement would make${skippable ? ': skipping the statement is safe.' : '. Whether the statement does more than that isn’t known: look before skipping it.'}`
    : `${what} ${be} there already and ${are} not what the statement would make: skipping it is not safe. There: ${shown(isThere)}. Would be: ${shown(wouldBe)}.`;
  return { object, identical, skippable, isThere, wouldBe, sentence };
}

function unknown({ object }: ExistingObject, why: string): Existing {
  const sentence = `The ${object.kind} ${object.name} is there already. Whether it is what the statement would make could not be found out: ${why}.`;
  return { object, identical: undefined, skippable: false, isThere: [], wouldBe: [], sentence };
}

function shown(lines: readonly string[]): string {
  if (lines.length === 0) return 'nothing';
  const short = lines.slice(0, 3).map((line) => (line.length > 160 ? `${line.slice(0, 159)}…` : line));
  return `${short.join('; ')}${lines.length > 3 ? `; and ${lines.length - 3} more` : ''}`;
}

/** A CREATE without rows makes one thing, an ALTER TABLE as many as it has actions: what else one might do isn't looked at. */
function makesOneThing(statement: string, objects: number): boolean {
  const outside = outsideOfParentheses(significantTokens(statement));
  const words = outside.map(({ keyword }) => keyword);
  if (words[0] === 'CREATE') {
    // What holds rows of a query may hold others; a schema may bring its objects.
    const filled = words.includes('MATERIALIZED') || (words.includes('TABLE') && words.includes('AS'));
    return !filled && (words[1] !== 'SCHEMA' || words.length <= 5);
  }
  return words[0] === 'ALTER' && words[1] === 'TABLE' && outside.filter(({ text }) => text === ',').length + 1 === objects;
}

function outsideOfParentheses(tokens: readonly SignificantToken[]): readonly SignificantToken[] {
  let depth = 0;
  return tokens.filter(({ text }) => {
    if (text === '(') depth++;
    const outside = depth === 0;
    if (text === ')') depth--;
    return outside;
  });
}

function signature(line: string): string {
  return /FUNCTION [^\n]*|PROCEDURE [^\n]*/.exec(line)?.[0] ?? line;
}
