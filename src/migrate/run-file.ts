import type { Emit } from '../core/event.ts';
import { type Failure, failure, SqlError, type SqlErrorFields } from '../core/failure.ts';
import type { Migration, MigrationOutcome, StatementRecord } from '../core/migration.ts';
import type { Session } from '../core/ports.ts';
import { transactionVerb } from '../sql/transaction-verb.ts';
import { describeLeftBehind, readInvalidIndexes } from './left-behind.ts';
import { errorLine, type FailedStatement, migrationFailure } from './migration-failure.ts';
import type { MigrationStatement } from './split-migration.ts';

/** How a file is sent. `as-it-stands`: it has its own BEGIN and COMMIT, or runs without a transaction. */
export type FileMode = 'wrapped' | 'as-it-stands';

export interface FileRun {
  readonly session: Session;
  readonly migration: Migration;
  readonly statements: readonly MigrationStatement[];
  readonly mode: FileMode;
  readonly emit: Emit;
  readonly watch?: StatementWatch;
  /** Called once the file's statements are done: before the commit where there is a transaction of ours. */
  readonly record: (inTransaction: boolean) => Promise<Failure | undefined>;
}

/** Looks on while migrations run, and may end them. */
export interface StatementWatch {
  /**
   * Called after each statement that succeeded, in the session that ran it and before anything else runs there. Throws SqlError.
   *
   * @param last no further statement of this migration comes
   * @returns why nothing more may be applied: the open transaction is then rolled back
   */
  after(session: Session, statement: WatchableStatement, last: boolean): Promise<Failure | undefined>;
}

export interface WatchableStatement extends Pick<StatementRecord, 'migration' | 'index' | 'place' | 'text'> {
  readonly tag: string | undefined;
}

export type FileEnd =
  | { readonly kind: 'applied'; readonly outcome: MigrationOutcome }
  | {
      readonly kind: 'failed';
      readonly outcome: MigrationOutcome;
      readonly failure: Failure;
      readonly sql?: SqlErrorFields;
      readonly statement: FailedStatement;
    };

/** Runs one migration statement by statement. Emits each statement and how the migration ended. */
export async function runFile(run: FileRun): Promise<FileEnd> {
  const started = performance.now();
  const { session, migration, statements, mode } = run;
  let invalidBefore: ReadonlySet<string> = new Set();
  const committed: { index: number; text: string }[] = [];
  let open: { index: number; text: string }[] = [];
  let inTransaction = mode === 'wrapped';
  let ranAs: MigrationOutcome['ranAs'] = mode === 'wrapped' ? 'one-transaction' : 'no-transaction';
  let current: FailedStatement = statementAt(run, 0);

  const ended = (): Omit<MigrationOutcome, 'leftBehind' | 'error'> => ({
    migration: migration.revision,
    ranAs,
    durationMs: performance.now() - started,
    statements: statements.length,
  });
  const failedWith = async (sql: SqlErrorFields): Promise<FileEnd> => {
    const leftBehind = await leftBehindOf(run, committed, inTransaction, invalidBefore);
    const outcome = { ...ended(), leftBehind, error: { ...sql, statement: current.text } };
    return { kind: 'failed', outcome, failure: migrationFailure(current, sql, leftBehind), sql, statement: current };
  };
  const refusedWith = async (why: Failure): Promise<FileEnd> => {
    const leftBehind = await leftBehindOf(run, committed, inTransaction, invalidBefore);
    return { kind: 'failed', outcome: { ...ended(), leftBehind }, failure: why, statement: current };
  };

  try {
    invalidBefore = await readInvalidIndexes(session);
    if (mode === 'wrapped') await session.execute('begin');
    for (const [at, statement] of statements.entries()) {
      current = statementAt(run, at);
      const tag = await runStatement(run, at, statement);
      const verb = transactionVerb(statement.text);
      if (verb === 'begins') {
        // The file brings its own transaction: what it wraps fails or holds together.
        inTransaction = true;
        ranAs = 'one-transaction';
      } else if (verb === 'ends' || verb === 'rolls-back' || verb === 'chains') {
        if (verb !== 'rolls-back') committed.push(...open);
        open = [];
        inTransaction = verb === 'chains';
      } else (inTransaction ? open : committed).push({ index: at + 1, text: statement.text });
      const stopped = await stoppedBy(run, at, statement, tag);
      if (stopped !== undefined) return await refusedWith(stopped);
    }
    if (mode === 'as-it-stands' && inTransaction) {
      const leftBehind = await leftBehindOf(run, committed, true, invalidBefore);
      const message = `${migration.revision} (${migration.file}) begins a transaction and never ends it: nothing in it is kept. Left behind: ${leftBehind}.`;
      const place = { file: migration.file, line: current.line };
      const problem = failure('migration-failed', message, { object: migration.revision, place, cure: 'Add the missing COMMIT.' });
      return { kind: 'failed', outcome: { ...ended(), leftBehind }, failure: problem, statement: current };
    }
    const refused = await run.record(inTransaction);
    if (refused !== undefined) return await refusedWith(refused);
    if (mode === 'wrapped' && inTransaction) {
      current = { ...current, index: statements.length + 1, text: 'commit' };
      await commit(run, current);
    }
    return { kind: 'applied', outcome: ended() };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return failedWith(error.fields);
  }
}

function statementAt({ migration, statements }: FileRun, at: number): FailedStatement {
  const statement = statements[at];
  return {
    ...{ migration: migration.revision, file: migration.file, index: at + 1 },
    ...{ line: statement?.line ?? migration.upLine, text: statement?.text ?? '' },
    ...(migration.sentAs === undefined ? {} : { toolDecides: true }),
  };
}

async function stoppedBy({ session, migration, statements, watch }: FileRun, at: number, { text, line }: MigrationStatement, tag: string | undefined) {
  const statement = { migration: migration.revision, index: at + 1, place: { file: migration.file, line }, text, tag };
  return await watch?.after(session, statement, at === statements.length - 1);
}

/** @returns the command tag. */
async function runStatement({ session, migration, emit }: FileRun, at: number, { text, line }: MigrationStatement): Promise<string | undefined> {
  const started = performance.now();
  const record = (rest: Pick<StatementRecord, 'rows'> & Partial<StatementRecord>): void => {
    const durationMs = performance.now() - started;
    const place = { file: migration.file, line };
    emit({ type: 'statement', statement: { migration: migration.revision, index: at + 1, place, text, durationMs, ...rest } });
  };
  try {
    const result = (await session.execute(text)).at(-1);
    record({ rows: result?.rows ?? null, ...(result === undefined ? {} : { tag: result.tag }) });
    return result?.tag;
  } catch (error) {
    if (error instanceof SqlError) {
      record({ rows: null, error: error.fields, place: { file: migration.file, line: errorLine({ line, text }, error.fields) } });
    }
    throw error;
  }
}

/** Deferred constraints speak up only here, so a commit that fails is shown like a statement that fails. */
async function commit({ session, migration, emit }: FileRun, statement: FailedStatement): Promise<void> {
  const started = performance.now();
  try {
    await session.execute('commit');
  } catch (error) {
    if (error instanceof SqlError) {
      const durationMs = performance.now() - started;
      const place = { file: migration.file, line: statement.line };
      emit({
        type: 'statement',
        statement: { migration: migration.revision, index: statement.index, place, text: 'commit', rows: null, durationMs, error: error.fields },
      });
    }
    throw error;
  }
}

/** Ends what is still open and looks at what stays. A lost connection rolls back too, but then nobody can look. */
async function leftBehindOf(
  { session, statements }: FileRun,
  committed: readonly { readonly index: number; readonly text: string }[],
  inTransaction: boolean,
  invalidBefore: ReadonlySet<string>,
): Promise<string> {
  try {
    if (inTransaction) await session.execute('rollback');
    const invalid = [...(await readInvalidIndexes(session))].filter((name) => !invalidBefore.has(name));
    return describeLeftBehind(committed, statements.length, invalid);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return `${describeLeftBehind(committed, statements.length, [])} (the connection is lost, so the database was not looked at)`;
  }
}
