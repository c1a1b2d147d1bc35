import type { AcceptedLoss } from '../../check/rollback/compare-tables.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { WayBackStep } from '../../core/rollback.ts';
import type { Address } from '../../core/server.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import type { SqlFilesSettings } from '../../migrate/read-migrations.ts';
import { splitMigration } from '../../migrate/split-migration.ts';
import { wayDown } from '../../migrate/way-down.ts';
import { readLedgerProblem } from './ledger-problem.ts';
import { type Comparing, compareMoments, droppedByGoingBack, hasChanged, type Moment } from './moment.ts';
import { quietly } from './quietly.ts';
import { readTablePlaces } from './table-moment.ts';

/** What ways down are rehearsed on, and with. */
export interface DownScene {
  /** The clone, which nobody else uses: superuser access. */
  readonly admin: Address;
  /** The same, as the role that migrates. */
  readonly migrator: Address;
  readonly settings: SqlFilesSettings;
  /** All of the repo's, in order. */
  readonly migrations: readonly Migration[];
  readonly comparing: Comparing;
  readonly accepted: readonly AcceptedLoss[];
}

const nothingTakenBack = failure('migration-failed', 'Nothing was taken back that could be deployed again.');

/** What became of one migration that was deployed, taken back, and deployed again. */
export interface DownOutcome {
  readonly step: WayBackStep;
  /** True: the clone is now as if the migration had just been applied for the first time. Else it must be thrown away. */
  readonly usable: boolean;
  /** The schema as it was when the migration had been applied. */
  readonly schemaAfter: Moment['schema'];
}

/**
 * Applies a migration, takes it back by its way down, and compares schema, data and ledger with what was before; then applies it once more, as the
 * deploy that is tried again would. The clone is at `before`, and is left with the migration applied, or unusable.
 *
 * Fails where the migration itself can't be applied (`migration-failed`), and where something can't be compared; never with what is wrong with the way
 * down: that is the outcome. Throws SqlError and FailureError.
 *
 * @param before read from this very clone
 * @example const tried = await rehearseDown(context, scene, migration, before);
 */
export async function rehearseDown(context: Context, scene: DownScene, migration: Migration, before: Moment): Promise<Result<DownOutcome>> {
  const forward = await deploy(context, scene, [migration]);
  if (!forward.ok) return forward;
  const after = await hasChanged(context, scene.admin, before, scene.comparing.ledger);
  if (!after.ok) return after;
  const { changed, schema: schemaAfter, places } = after.value;
  const forwardMs = forward.value;
  const base = { migration: migration.revision, ...placeOf(migration), changed, forwardMs, differences: [], data: [], drops: [] };
  const down = wayDown(migration);
  if (down === undefined) return ok({ step: { ...base, outcome: 'missing' }, usable: true, schemaAfter });
  const back = await takeBack(context, scene, [migration]);
  if (!back.ok) return isFault(back.failure) ? ok({ step: { ...base, outcome: 'failed', failure: back.failure }, usable: false, schemaAfter }) : back;
  const drops = droppedByGoingBack(places, (await readTablePlaces(context, scene.admin)).places, before.tables.places);
  const compared = await compareMoments(context, scene.comparing, scene.admin, before, scene.accepted);
  if (!compared.ok) return compared;
  const empty = changed && splitMigration(down).statements.length === 0;
  const ledger = await readLedgerProblem(context, scene.admin, scene.settings, scene.migrations, [migration.revision]);
  const again = empty ? fail(nothingTakenBack) : await deploy(context, scene, [migration]);
  if (!again.ok && !empty && !isFault(again.failure)) return again;
  const step: WayBackStep = {
    ...base,
    ...{ outcome: empty ? 'empty' : 'done', backMs: back.value, ...compared.value, drops },
    ...(ledger === undefined ? {} : { ledger }),
    // What takes nothing back leaves nothing to deploy again.
    ...(empty ? {} : { again: again.ok ? { ok: true } : { ok: false, failure: again.failure } }),
  };
  const { differences, data } = compared.value;
  return ok({ step, usable: again.ok && differences.length === 0 && data.length === 0 && ledger === undefined && !empty, schemaAfter });
}

/** Applies migrations as a deploy would, told to nobody; gives how long that took, in milliseconds. */
export async function deploy(context: Context, scene: Pick<DownScene, 'migrator' | 'settings'>, migrations: readonly Migration[]): Promise<Result<number>> {
  return await applied(quietly(context), scene, migrations);
}

/** Runs the ways down of migrations, which stand in the order of their deploy, the last one first. All of them must have one. Gives milliseconds. */
export async function takeBack(
  context: Context,
  scene: Pick<DownScene, 'migrator' | 'settings' | 'migrations'>,
  migrations: readonly Migration[],
): Promise<Result<number>> {
  const downs = migrations.toReversed().flatMap((migration) => wayDown(migration) ?? []);
  return await applied(quietly(context), scene, downs, scene.migrations);
}

async function applied(
  context: Context,
  { migrator, settings }: Pick<DownScene, 'migrator' | 'settings'>,
  pending: readonly Migration[],
  takesBack?: readonly Migration[],
): Promise<Result<number>> {
  const startedAt = performance.now();
  // A file that can't run in a transaction is undone as a whole before it runs without one: no data is written twice.
  const done = await applyMigrations(context, { address: migrator, pending, settings, retryInPlace: true, ...(takesBack && { takesBack }) });
  return done.ok ? ok(performance.now() - startedAt) : fail(done.failure);
}

/** Whether a failure is the script's own: a server that is gone, or an interruption, says nothing of it. */
export function isFault({ code }: Failure): boolean {
  return code === 'migration-failed' || code === 'migration-format' || code === 'command-failed';
}

/** Where the way down of a migration stands, or the migration where it has none. */
export function placeOf(migration: Migration): Pick<WayBackStep, 'place'> {
  const { file, upLine, down, downFile = file, downLine = 1 } = migration;
  return { place: down === undefined ? { file, line: upLine } : { file: downFile, line: downLine } };
}
