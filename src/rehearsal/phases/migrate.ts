import { judgeLeftovers } from '../../check/leftovers/judge-leftovers.ts';
import { type Leftovers, readLeftovers } from '../../check/leftovers/read-leftovers.ts';
import { type MaskedState, readMaskedState, readMaskedStateAgain } from '../../check/masked-constraints/read-masked-state.ts';
import type { TableProbe } from '../../check/required-tables/probe-table.ts';
import { type EvaluatedBound, evaluateBounds } from '../../check/row-bounds/evaluate-bounds.ts';
import { countsOf, type RowVolumes, readRowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import type { WatchedMigrations } from '../../check/row-bounds/scoped-bounds.ts';
import { gaveUpBehindReader } from '../../check/stalls/gave-up.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import { failure } from '../../core/failure.ts';
import { failureCatalogue } from '../../core/failure-catalogue.ts';
import type { Finding } from '../../core/finding.ts';
import type { Migration, StatementRecord } from '../../core/migration.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import { chooseMode } from '../../migrate/choose-mode.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { type Migrator, prepareMigrator } from '../../migrate/migrator.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import { splitMigration } from '../../migrate/split-migration.ts';
import { cloneForRun } from '../clone-for-run.ts';
import { rehearseCuts } from '../cuts/rehearse-cuts.ts';
import { explainFailure } from '../explain-failure.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { accessOn } from '../migrator-access.ts';
import { rehearseBackfills } from '../rehearse-backfills.ts';
import { rehearseLockTimeouts } from '../rehearse-lock-timeouts.ts';
import type { RehearseRequest } from '../request.ts';
import { probeBefore } from '../required-tables.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import type { Besides } from '../spare-clone.ts';
import { squawkForRun } from '../squawk-for-run.ts';
import { type Scene, type Seen, tellSeen, tellUnseen, underRecorder } from '../under-recorder.ts';
import { type WatchedRows, watchRows } from '../watch-rows.ts';
import { withSession } from '../with-session.ts';
import type { Provided } from './provision.ts';

/** What is read of a clone just before its migrations run. */
interface Moment {
  readonly volumes: RowVolumes;
  readonly leftovers: Leftovers;
  readonly masked: MaskedState;
}

/** The migrated clone, with what was measured before and after. */
export interface Migrated {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  /** How many migrations were applied; undefined where the team's tool keeps it to itself. */
  readonly appliedCount: number | undefined;
  readonly bounds: readonly EvaluatedBound[];
  readonly before: RowVolumes;
  readonly after: RowVolumes;
  /** The masked columns, and the constraints over them; both empty where nothing is masked. */
  readonly masked: { readonly before: MaskedState; readonly after: MaskedState };
  readonly statements: readonly StatementRecord[];
  /** Revisions that were found to need no transaction. */
  readonly noTransaction: readonly string[];
  /** What each migration wrote, as far as bounds ask for it. */
  readonly watched: WatchedMigrations;
  /** The required tables as they were tried before migrating, in the order of the settings. */
  readonly required: readonly TableProbe[];
}

/** One try on one clone. */
interface Attempt {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  readonly bounds: readonly EvaluatedBound[];
  readonly before: Moment;
  readonly statements: StatementRecord[];
  readonly noTransaction: readonly string[];
  /** Undefined where no bound asks for it. */
  readonly rows: WatchedRows | undefined;
  readonly required: readonly TableProbe[];
}

/** Do the pending migrations apply, as the role that migrates production? */
export async function migrate(context: Context, run: Run, request: RehearseRequest, provided: Provided, line: Lineage): Promise<PhaseReport<Migrated>> {
  let { clone } = provided;
  let { settings } = request;
  const noTransaction: string[] = [];
  const earlier: Finding[] = [];
  for (;;) {
    const migrations = migrationsToRun(provided, line);
    const ready = await makeReady(context, run, request, provided, clone, migrations);
    if (!ready.ok) return stop(ready.failure);
    const attempt: Attempt = { ...ready.value, noTransaction };
    const scripts = scriptsOf(migrations);
    const access = { admin: clone.admin, migrator: attempt.migrator.address };
    const scene: Scene = {
      ...access,
      settings,
      migrations,
      statements: attempt.statements,
      ledger: line.ledger?.sqlName,
      production: provided.traffic,
      watch: settings.migrate.tool === 'command' ? attempt.rows?.ofTool : undefined,
    };
    let seen: Seen | undefined;
    const applied = await guardCluster(context, provided.shared, { phase: 'migrate', scripts }, async () => {
      if (!settings.record.enabled) return await apply(context, request, line, attempt, noTransaction, attempt.migrator.address);
      const watched = await underRecorder(context, scene, (address) => apply(context, request, line, attempt, noTransaction, address));
      if (!watched.ok) return watched;
      seen = watched.value.seen;
      return watched.value.result;
    });
    const voided = voidBecause(applied, seen, context.signal.aborted);
    if (voided === undefined) {
      // What was seen of migrations that were interrupted says nothing of them.
      if (seen !== undefined && !context.signal.aborted)
        tellSeen(context, scene, seen, earlier, await squawkForRun(context, request, migrations, seen.recording));
      else if (!settings.record.enabled) tellUnseen(context);
      if (!context.signal.aborted) attempt.rows?.tell(context);
      const ended = context.signal.aborted ? undefined : attempt.rows?.stopped();
      // What there is to say of it, its finding says.
      if (!applied.ok && ended !== undefined) return { go: false, outcome: 'failed', summary: ended.message };
      if (!applied.ok) {
        await explainFailure(context, {
          ...{ admin: clone.admin, migrator: attempt.migrator.role, statements: attempt.statements, recording: seen?.recording },
          noTransaction: withoutOurs(request, migrations, noTransaction),
        });
        return stop(applied.failure, failureCatalogue[applied.failure.code].ending === 'blocker' ? 'failed' : 'inconclusive');
      }
      const besides: Besides = { request, provided, line, noTransaction };
      await rehearseLockTimeouts(context, run, besides, seen, earlier.length > 0);
      await rehearseBackfills(context, run, besides);
      await rehearseCuts(context, run, besides);
      if (context.signal.aborted) return stop(failure('interrupted', 'The run was interrupted; what it had made was removed.'));
      return await finish(context, run, attempt, applied.value.count, { known: provided.migrations, pending: migrations, watch: attempt.rows?.watch });
    }
    // A try that is made again is void, and so is what was seen of it. What it left behind must not be there then: a clone is cheap.
    if (voided.noTransaction !== undefined) noTransaction.push(voided.noTransaction);
    if (voided.gaveUp !== undefined) {
      earlier.push(voided.gaveUp);
      settings = { ...settings, traffic: { ...settings.traffic, longReaderSeconds: 0 } };
    }
    context.emit({ type: 'step', phase: 'migrate', text: voided.text });
    await clone.remove();
    const next = await cloneForRun(context, run, provided.image, `clone of ${provided.facts.database}, again`);
    if (!next.ok) return stop(next.failure);
    clone = next.value;
  }
}

/** Revisions that run without a transaction of ours around them. */
function withoutOurs({ settings: { migrate } }: RehearseRequest, migrations: readonly Migration[], noTransaction: readonly string[]): ReadonlySet<string> {
  if (migrate.tool === 'command') return new Set();
  const alone = (one: Migration) => chooseMode(one, splitMigration(one).statements, migrate, new Set(noTransaction)) !== 'wrapped';
  return new Set(migrations.filter(alone).map(({ revision }) => revision));
}

/** Why a try doesn't count, and what is to be different in the next one. */
interface VoidTry {
  readonly text: string;
  /** The migration that can't run inside of a transaction. */
  readonly noTransaction?: string;
  /** A timeout ended the wait for the long reader of our own traffic. */
  readonly gaveUp?: Finding;
}

function voidBecause(applied: Result<Applied>, seen: Seen | undefined, interrupted: boolean): VoidTry | undefined {
  if (applied.ok) {
    const { again } = applied.value;
    return again === undefined ? undefined : { text: `${again} can’t run inside a transaction: again on a new clone, without one`, noTransaction: again };
  }
  if (interrupted || seen?.traffic === undefined) return undefined;
  const gaveUp = gaveUpBehindReader(seen.recording, seen.traffic);
  return gaveUp === undefined
    ? undefined
    : { text: `${gaveUp.migration ?? 'A migration'} gave up waiting for the long reader: again on a new clone, without it`, gaveUp };
}

async function makeReady(
  context: Context,
  run: Run,
  { settings }: RehearseRequest,
  { facts, shared, report: copy }: Provided,
  clone: HostedClone,
  migrations: readonly Migration[],
): Promise<Result<Omit<Attempt, 'noTransaction'>>> {
  const migrator = await prepareMigrator(context, clone.admin, facts.roles, settings.migrate.role, accessOn(context, shared));
  if (!migrator.ok) return migrator;
  run.hide(migrator.value.address.password);
  for (const text of migrator.value.notes) context.emit({ type: 'step', phase: 'migrate', text });
  const bounds = await withSession(context, clone.admin, (session) => evaluateBounds(session, settings.data.bounds));
  if (!bounds.ok) return bounds;
  // Before anything is counted: rows that are rolled back are counted, too.
  const required = await probeBefore(context, clone.admin, settings);
  if (!required.ok) return required;
  const before = await look(context, clone, (session) => readMaskedState(session, copy.masking?.columns ?? []));
  if (!before.ok) return before;
  const rows = watchRows(bounds.value, before.value.volumes, migrations);
  return ok({ clone, migrator: migrator.value, bounds: bounds.value, before: before.value, statements: [], rows, required: required.value });
}

async function look(context: Context, clone: HostedClone, readMasked: (session: Session) => Promise<MaskedState>): Promise<Result<Moment>> {
  return await withSession(context, clone.admin, async (session) =>
    ok({ volumes: await readRowVolumes(session), leftovers: await readLeftovers(session), masked: await readMasked(session) }),
  );
}

/** Where only the team's own tool knows what is pending, all are looked at. */
function migrationsToRun({ migrations }: Provided, { from, pending }: Lineage): readonly Migration[] {
  return from === 'unknown' || from === 'head-only' ? migrations : pending;
}

/** How many were applied, or the migration that has to be tried again outside of a transaction. */
interface Applied {
  readonly count: number | undefined;
  readonly again?: string;
}

async function apply(
  context: Context,
  { settings, folder }: RehearseRequest,
  line: Lineage,
  { migrator, statements, rows }: Attempt,
  noTransaction: readonly string[],
  through: Address,
): Promise<Result<Applied>> {
  const { migrate } = settings;
  if (migrate.tool === 'command') {
    // The tool is ended with its connections: what it would still do without a database is of no use to anybody.
    const ended = rows === undefined ? context : { ...context, signal: AbortSignal.any([context.signal, rows.stopping]) };
    const ran = await runMigrationCommand(ended, migrate, migrator.address, folder, 'migrate', through);
    const stopped = rows?.stopped();
    if (stopped !== undefined && !context.signal.aborted) return fail(stopped);
    return ran.ok ? ok({ count: ran.value.recorded?.length }) : ran;
  }
  const applied = await applyMigrations(context, {
    address: through,
    pending: line.pending,
    settings: migrate,
    noTransaction,
    ...(rows === undefined ? {} : { watch: rows.ofRunner }),
    emit: (event) => {
      if (event.type === 'statement') statements.push(event.statement);
      context.emit(event);
    },
  });
  if (!applied.ok) return applied;
  if (applied.value.kind === 'needs-new-clone') return ok({ count: undefined, again: applied.value.migration });
  for (const { migration, reason } of applied.value.notRecorded)
    context.emit({ type: 'step', phase: 'migrate', text: `${migration} was not recorded in the ledger: ${reason}` });
  return ok({ count: applied.value.outcomes.length });
}

async function finish(
  context: Context,
  run: Run,
  attempt: Attempt,
  appliedCount: number | undefined,
  watched: WatchedMigrations,
): Promise<PhaseReport<Migrated>> {
  const { clone, before, statements } = attempt;
  const after = await look(context, clone, (session) => readMaskedStateAgain(session, before.masked.attributes));
  if (!after.ok) return stop(after.failure);
  context.emit({ type: 'counted', moment: 'before', counts: countsOf(before.volumes) });
  context.emit({ type: 'counted', moment: 'after', counts: countsOf(after.value.volumes) });
  report(context, judgeLeftovers(before.leftovers, after.value.leftovers));
  const outcome = run.outcomeOf('migrate');
  const what =
    appliedCount === undefined
      ? 'The migration command succeeded.'
      : `${appliedCount} migrations applied as ${attempt.migrator.role}${statements.length === 0 ? '' : `, ${statements.length} statements`}.`;
  return goOn(
    { ...attempt, watched, appliedCount, before: before.volumes, after: after.value.volumes, masked: { before: before.masked, after: after.value.masked } },
    outcome === 'not-applicable' ? 'passed' : outcome,
    what,
  );
}
