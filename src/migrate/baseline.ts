import type { Settings } from '../config/schema.ts';
import { countOf } from '../core/count-of.ts';
import { type Failure, failure, SqlError } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { applyMigrations } from './apply-sql.ts';
import { withAncestors } from './heads.ts';
import { type Marking, markApplied } from './mark-applied.ts';
import type { NotRecorded } from './record-revision.ts';
import { runMigrationCommand } from './run-command.ts';
import { runScript } from './run-script.ts';
import { adapterOf } from './tools/adapters.ts';

export interface BaselineRequest {
  readonly settings: Pick<Settings, 'baseline' | 'migrate'>;
  readonly migrations: readonly Migration[];
  /** Superuser access to an empty database on a server that has production's roles. */
  readonly admin: Address;
  /** The same database, as the role that migrates production. */
  readonly migrator: Address;
  /** Production's: the empty database is given to it, since owners may create what others may not. */
  readonly databaseOwner?: string;
  /**
   * Stop after this revision, for comparing with production as it is today. `none`: before the first. Not where `whyNotAt` names a reason. Of a history with branches:
   * the ends of what is applied, each with all that it rests on.
   */
  readonly appliedThrough?: string | readonly string[];
  /** Revisions that are known to run where there is data: production's own, and those that ran on the clone. */
  readonly ranElsewhere?: readonly string[];
  readonly projectFolder: string;
  /** Where steps are told. */
  readonly phase: Phase;
}

export interface BaselineOutcome {
  readonly mode: Settings['baseline']['mode'];
  readonly statements: number;
  /** Whether the baseline's ledger says what is applied. `absent`: the tool would make it, so the clone has one table more. */
  readonly ledger: Marking['ledger'];
  readonly notes: readonly string[];
}

/**
 * Why a baseline can only be built at head, as a clause: a checked-in schema is there at head only, and of commands only those of known tools can be told
 * where to stop. Undefined where it can be built at an older revision too.
 */
export function whyNotAt({ baseline, migrate }: Pick<Settings, 'baseline' | 'migrate'>): string | undefined {
  if (baseline.mode !== 'init-then-migrations') return 'the checked-in schema is there at head only';
  if (migrate.tool === 'sql-files') return undefined;
  const { upTo: until, upOne } = adapterOf(migrate)?.commands(migrate) ?? {};
  return until === undefined && upOne === undefined ? 'the migration command decides by itself what it runs' : undefined;
}

/**
 * Builds what the repo says the schema should be, in an empty database, as the role that migrates production.
 *
 * `init-at-head`: the checked-in schema files, the seed, and every migration marked as applied. `init-then-migrations`: schema files, seed, then the history;
 * a file that can't run in a transaction is run again in place without one, since the rollback undid all but positions of sequences.
 *
 * Fails with `baseline-failed` (place and SQLSTATE), or `baseline-needs-data` where a migration that ran elsewhere fails on the empty tables.
 */
export async function buildBaseline(context: Context, request: BaselineRequest): Promise<Result<BaselineOutcome>> {
  const { settings, migrations } = request;
  const last = request.appliedThrough;
  const whyNot = whyNotAt(settings);
  if (last !== undefined && last !== migrations.at(-1)?.revision && whyNot !== undefined) {
    return fail(
      failure('baseline-failed', `a baseline can't be built at ${String(last)}: ${whyNot}`, {
        cure: 'Use baseline.mode init-then-migrations, with SQL files or a known tool that can apply up to a revision.',
      }),
    );
  }
  const owned = await giveTo(context, request);
  if (!owned.ok) return owned;
  const files = await runFiles(context, request);
  if (!files.ok) return files;
  const { statements, notes } = files.value;
  if (settings.baseline.mode === 'init-at-head') {
    const marking = await inSession(context, request.migrator, (session) => markApplied(session, settings.migrate, migrations));
    if (!marking.ok) return marking;
    return ok({ mode: 'init-at-head', statements, ledger: marking.value.ledger, notes: [...notes, ...notRecordedNotes(marking.value.notRecorded)] });
  }
  const history = settings.migrate.tool === 'command' ? await runTool(context, request) : await runHistory(context, request);
  return history.ok ? ok({ ...history.value, statements: statements + history.value.statements, notes: [...notes, ...history.value.notes] }) : history;
}

async function giveTo(context: Context, { admin, databaseOwner }: BaselineRequest): Promise<Result<void>> {
  // A dump doesn't tell it.
  if (databaseOwner === undefined || databaseOwner === '') return ok();
  const given = await inSession(context, admin, (session) =>
    session.execute(`alter database ${quoteIdentifier(admin.database)} owner to ${quoteIdentifier(databaseOwner)}`),
  );
  return given.ok ? ok() : given;
}

/** Each file in a session of its own, as psql runs them: pg_dump's files leave an empty search_path behind. */
async function runFiles(
  context: Context,
  { settings, migrator, projectFolder, phase }: BaselineRequest,
): Promise<Result<{ statements: number; notes: readonly string[] }>> {
  let statements = 0;
  const notes: string[] = [];
  for (const file of [...settings.baseline.schema, ...settings.baseline.seed]) {
    context.emit({ type: 'step', phase, text: `baseline: ${file}` });
    const ran = await inSession(context, migrator, (session) => runScript(session, projectFolder, file));
    if (!ran.ok) return ran;
    if (!ran.value.ok) return ran.value;
    statements += ran.value.value.statements;
    notes.push(...ran.value.value.notes);
  }
  return ok({ statements, notes });
}

async function runHistory(context: Context, request: BaselineRequest): Promise<Result<BaselineOutcome>> {
  const { settings, migrations, migrator, appliedThrough, phase } = request;
  const { migrate } = settings;
  if (migrate.tool !== 'sql-files') throw new Error('only sql-files have a history to run');
  const pending = upTo(migrations, appliedThrough);
  if (pending === undefined) return fail(failure('baseline-failed', `there is no migration ${String(appliedThrough)} to stop at`));
  context.emit({ type: 'step', phase, text: `baseline: ${countOf(pending.length, 'migration')}` });
  let statements = 0;
  let finished = 0;
  const applied = await applyMigrations(context, {
    address: migrator,
    pending,
    settings: migrate,
    retryInPlace: true,
    // Statements of the baseline are not the rehearsal's: they are counted, not told.
    emit: (event) => {
      if (event.type !== 'migration-finished') return;
      statements += event.outcome.statements;
      context.emit({ type: 'progress', phase, task: 'baseline', done: ++finished, total: pending.length, unit: 'objects' });
    },
  });
  if (!applied.ok) return fail(baselineFailure(applied.failure, request.ranElsewhere ?? []));
  const notRecorded = applied.value.kind === 'applied' ? applied.value.notRecorded : [];
  const ledger = migrate.ledger === undefined ? 'none' : notRecorded.length === pending.length && pending.length > 0 ? 'absent' : 'marked';
  return ok({ mode: 'init-then-migrations', statements, ledger, notes: ledger === 'absent' ? [] : notRecordedNotes(notRecorded) });
}

async function runTool(context: Context, request: BaselineRequest): Promise<Result<BaselineOutcome>> {
  const { settings, migrations, migrator, projectFolder, phase, appliedThrough } = request;
  const { migrate } = settings;
  if (migrate.tool !== 'command') throw new Error('only a command has a tool to run');
  const quiet: Context = { ...context, emit: (event) => (event.type === 'migration-finished' ? undefined : context.emit(event)) };
  const ends = appliedThrough === 'none' ? [] : typeof appliedThrough === 'string' ? [appliedThrough] : appliedThrough;
  const { up, upTo: until, upOne } = adapterOf(migrate)?.commands(migrate) ?? { up: migrate.command };
  // Some tools can only be told which one to apply.
  const oneByOne = until === undefined && upOne !== undefined ? upTo(migrations, appliedThrough)?.map(({ revision }) => upOne(revision)) : undefined;
  const commands = ends === undefined ? [up] : (oneByOne ?? ends.map((end) => until?.(end) ?? up));
  for (const command of commands) {
    const ran = await runMigrationCommand(quiet, { ...migrate, command: [...command] }, migrator, projectFolder, phase);
    if (!ran.ok) return fail(baselineFailure(ran.failure, []));
  }
  return ok({ mode: 'init-then-migrations', statements: 0, ledger: settings.migrate.ledger === undefined ? 'none' : 'marked', notes: [] });
}

function upTo(migrations: readonly Migration[], appliedThrough: BaselineRequest['appliedThrough']): readonly Migration[] | undefined {
  if (appliedThrough === undefined) return migrations;
  if (appliedThrough === 'none') return [];
  const ends = typeof appliedThrough === 'string' ? [appliedThrough] : appliedThrough;
  if (!ends.every((end) => migrations.some(({ revision }) => revision === end))) return undefined;
  const wanted = withAncestors(migrations, ends);
  return migrations.filter(({ revision }) => wanted.has(revision));
}

/** Missing rights, extensions and roles are no lack of data, even if the migration ran elsewhere. */
const notAboutData = new Set(['42501', '58P01', '0A000', '42704']);

function baselineFailure(cause: Failure, ranElsewhere: readonly string[]): Failure {
  if (cause.code !== 'migration-failed' && cause.code !== 'command-failed') return cause;
  const { object, place, sql, rootCause } = cause;
  const extra = { rootCause, ...(object === undefined ? {} : { object }), ...(place === undefined ? {} : { place }), ...(sql === undefined ? {} : { sql }) };
  const needsData = object !== undefined && sql !== undefined && ranElsewhere.includes(object) && !notAboutData.has(sql.sqlstate);
  if (!needsData) return failure('baseline-failed', `building the baseline: ${cause.message}`, extra);
  return failure(
    'baseline-needs-data',
    `${object} runs where there is data, and fails on the empty baseline: ${sql.message} (SQLSTATE ${sql.sqlstate})`,
    extra,
  );
}

function notRecordedNotes(notRecorded: readonly NotRecorded[]): readonly string[] {
  return notRecorded.map(({ migration, reason }) => `${migration} is not in the baseline's ledger: ${reason}`);
}

async function inSession<T>(context: Context, address: Address, use: (session: Session) => Promise<T>): Promise<Result<T>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse baseline', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    return ok(await use(session));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('baseline-failed', `building the baseline: ${error.fields.message} (SQLSTATE ${error.fields.sqlstate})`, { sql: error.fields }));
  }
}
