import type { Emit } from '../core/event.ts';
import { type Failure, failure, SqlError, type SqlErrorFields } from '../core/failure.ts';
import type { Migration, MigrationOutcome } from '../core/migration.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { isSetting } from '../sql/transaction-verb.ts';
import { chooseMode, isSentAsKnown } from './choose-mode.ts';
import { findLedgerTable, type LedgerTable } from './ledger-table.ts';
import { ledgerMatch } from './match-revisions.ts';
import type { SqlFilesSettings } from './migrate-settings.ts';
import { type NotRecorded, recordRevision } from './record-revision.ts';
import { runFile, type StatementWatch } from './run-file.ts';
import { splitMigration } from './split-migration.ts';
import { adapterOf } from './tools/adapters.ts';
import type { ToolAdapter } from './tools/tool-adapter.ts';
import { type TakenBack, unrecordRevision } from './unrecord-revision.ts';

export interface ApplyRequest {
  /** The database to migrate, as the migrator. */
  readonly address: Address;
  readonly pending: readonly Migration[];
  readonly settings: Pick<SqlFilesSettings, 'transaction' | 'layout' | 'ledger' | 'adapter'>;
  /** Revisions that an earlier try showed to need no transaction. */
  readonly noTransaction?: readonly string[];
  /** Where statements and outcomes are told; the context's own unless given. */
  readonly emit?: Emit;
  /** Looks on, and may end the migrations. */
  readonly watch?: StatementWatch;
  /** A file that can't run in a transaction is tried again at once instead of on a new clone. Only for baselines: their data isn't compared. */
  readonly retryInPlace?: boolean;
  /** Given: these are ways down, and what they take back is taken out of the ledger. All migrations of the repo, in order. */
  readonly takesBack?: readonly Migration[];
}

export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly outcomes: readonly MigrationOutcome[]; readonly notRecorded: readonly NotRecorded[] }
  /** The migration can't run inside a transaction: start a new clone and apply again, with it added to `noTransaction`. */
  | { readonly kind: 'needs-new-clone'; readonly migration: string; readonly sql: SqlErrorFields };

/**
 * Applies migrations in order, statement by statement, through one session of the migrator, as the team's tool would; stops at the first that fails.
 * Emits a `statement` event for each statement and `migration-finished` for each migration; records each one in the ledger where there is one.
 *
 * Fails with `migration-failed` (root cause lock where the SQLSTATE says so), `migration-format` before anything has run,
 * `server-lost`, `disk-short`, `interrupted`, with what the watch gave, or with what connecting gave.
 *
 * @example const applied = await applyMigrations(context, { address, pending, settings: settings.migrate });
 */
export async function applyMigrations(context: Context, request: ApplyRequest): Promise<Result<ApplyOutcome>> {
  const problems = request.pending.flatMap((migration) => (migration.language === 'code' ? [onlyByTool(migration)] : splitMigration(migration).problems));
  const [first] = problems;
  if (first !== undefined) {
    return fail(problems.length === 1 ? first : failure('migration-format', `${problems.length} statements can't be sent to a server`, { problems }));
  }
  const applied = await connectAndApply(context, request);
  // A statement that was cancelled because of Ctrl-C says nothing about its migration.
  if (applied.ok || !context.signal.aborted) return applied;
  return fail(failure('interrupted', `the run was interrupted while ${applied.failure.object ?? 'a migration'} was running`));
}

async function connectAndApply(context: Context, request: ApplyRequest): Promise<Result<ApplyOutcome>> {
  const connected = await context.edge.postgres.connect(request.address, { applicationName: 'pgrehearse migrate', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  return await applyAll(session, { emit: context.emit, ...request });
}

async function applyAll(session: Session, request: ApplyRequest & { readonly emit: Emit }): Promise<Result<ApplyOutcome>> {
  const ledger = await ledgerOf(session, request);
  if (!ledger.ok) return ledger;
  const outcomes: MigrationOutcome[] = [];
  const notRecorded: NotRecorded[] = [];
  const noTransaction = new Set(request.noTransaction);
  for (const migration of request.pending) {
    const { statements } = splitMigration(migration);
    const record = recorder(session, ledger.value, request, migration, notRecorded);
    const run = (known: ReadonlySet<string>) =>
      runFile({
        session,
        migration,
        statements,
        emit: request.emit,
        record,
        mode: chooseMode(migration, statements, request.settings, known),
        ...(request.watch === undefined ? {} : { watch: request.watch }),
      });
    let end = await run(noTransaction);
    if (
      end.kind === 'failed' &&
      end.sql !== undefined &&
      needsNoTransaction(end.sql, end.statement.text) &&
      mayTryWithout(request, migration, statements, noTransaction)
    ) {
      if (request.retryInPlace !== true) return ok({ kind: 'needs-new-clone', migration: migration.revision, sql: end.sql });
      end = await run(noTransaction.add(migration.revision));
    }
    outcomes.push(end.outcome);
    request.emit({ type: 'migration-finished', outcome: end.outcome });
    if (end.kind === 'failed') return fail(end.failure);
  }
  return ok({ kind: 'applied', outcomes, notRecorded });
}

/** Only `auto` leaves the choice to the server's answer, and only where the transaction was ours. */
function mayTryWithout(
  { settings }: ApplyRequest,
  migration: Migration,
  statements: ReturnType<typeof splitMigration>['statements'],
  known: ReadonlySet<string>,
): boolean {
  return settings.transaction === 'auto' && !isSentAsKnown(migration, settings) && chooseMode(migration, statements, settings, known) === 'wrapped';
}

/** 25001: the command can't run inside a transaction; 2D000: a procedure commits by itself. A SET that came too late has 25001 too, and doesn't count. */
function needsNoTransaction(sql: SqlErrorFields, statement: string): boolean {
  return (sql.sqlstate === '25001' && !isSetting(statement)) || sql.sqlstate === '2D000';
}

/** The ledger may be made by the pending migrations themselves: then there is none yet, and it is looked for again after each file. */
async function ledgerOf(session: Session, { settings }: ApplyRequest): Promise<Result<LedgerTable | undefined>> {
  if (settings.ledger === undefined) return ok(undefined);
  try {
    const found = await findLedgerTable(session, settings.ledger);
    return found.ok ? found : ok(undefined);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('ledger-unknown', `the ledger ${settings.ledger.table} could not be read: ${error.fields.message}`, { sql: error.fields }));
  }
}

function recorder(session: Session, known: LedgerTable | undefined, request: ApplyRequest, migration: Migration, notRecorded: NotRecorded[]) {
  return async (inTransaction: boolean): Promise<Failure | undefined> => {
    const { ledger } = request.settings;
    if (ledger === undefined) return undefined;
    const found = known ?? (await findLedgerTable(session, ledger).then((result) => (result.ok ? result.value : undefined)));
    if (found === undefined) {
      notRecorded.push({ migration: migration.revision, reason: `there is no ledger ${ledger.table}`, denied: false });
      return undefined;
    }
    const match = ledgerMatch(found, ledger.match);
    const { takesBack } = request;
    const adapter = adapterOf(request.settings);
    const refused =
      takesBack === undefined
        ? await recordRevision(session, found, migration, match, inTransaction, adapter?.ledgerValues?.(migration, request.pending))
        : await unrecordRevision(session, found, takenBack(adapter, migration, takesBack), match, inTransaction);
    if (refused === undefined) return undefined;
    notRecorded.push(refused);
    if (!refused.denied) return undefined;
    const what = takesBack === undefined ? 'ran, but the migrator may not record it in' : 'was taken back, but the migrator may not take it out of';
    return failure('migration-failed', `${migration.revision} ${what} ${found.sqlName}: ${refused.reason}`, {
      object: migration.revision,
      place: { file: migration.file },
      cure: `Grant ${takesBack === undefined ? 'insert' : 'delete'} (and what the tool needs besides) on ${found.sqlName} to the migrator, or correct migrate.role.`,
    });
  };
}

function takenBack(adapter: ToolAdapter | undefined, { revision }: Migration, migrations: readonly Migration[]): TakenBack {
  const values = adapter?.ledgerValues;
  return { revision, migrations, ...(values === undefined ? {} : { ownValues: (migration) => values(migration, migrations) }) };
}

function onlyByTool({ revision, file }: Migration): Failure {
  return failure('migration-format', `${file} is written in a programming language: only the migration tool can run it`, {
    object: revision,
    place: { file },
    cure: 'Set migrate.run to "tool".',
  });
}
