import type { Failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import type { MigrateSettings } from '../../migrate/read-migrations.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import { adapterOf } from '../../migrate/tools/adapters.ts';
import type { RunbookEntry } from './plan-steps.ts';

/** Where migrations are applied. */
export interface Stepper {
  readonly context: Context;
  readonly migrate: MigrateSettings;
  readonly folder: string;
  readonly address: Address;
}

/** Migrations that are applied together, and what is asked before and after. */
export interface Batch {
  readonly label: string;
  readonly entries: readonly RunbookEntry[];
  /** Set where questions can't be asked beside their own migration: when they are asked instead, as clauses. */
  readonly moment?: { readonly before: string; readonly after: string };
  /** Gives the failure, where there is one. Nothing of it is told: the run's own migrations are what is told. */
  apply(stepper: Stepper): Promise<Failure | undefined>;
}

/**
 * How pending migrations are applied around their questions: one by one where we hold the loop or the tool can stop at a revision, else all at once.
 */
export function batchesOf(migrate: MigrateSettings, pending: readonly Migration[], entries: readonly RunbookEntry[]): readonly Batch[] {
  const of = (migration: Migration) => entries.filter((entry) => entry.migration === migration);
  if (migrate.tool === 'sql-files') {
    return pending.map((migration) => ({ label: migration.revision, entries: of(migration), apply: (stepper) => applyFile(stepper, migration) }));
  }
  const upTo = adapterOf(migrate)?.commands(migrate).upTo;
  if (upTo !== undefined) {
    return pending.map((migration) => ({ label: migration.revision, entries: of(migration), apply: (stepper) => runTool(stepper, upTo(migration.revision)) }));
  }
  const moment = {
    before: 'asked before all migrations, since the command runs them at once',
    after: 'asked after all migrations, since the command runs them at once',
  };
  return [{ label: migrate.command.join(' '), entries, moment, apply: (stepper) => runTool(stepper, migrate.command) }];
}

async function applyFile({ context, migrate, address }: Stepper, migration: Migration): Promise<Failure | undefined> {
  if (migrate.tool !== 'sql-files') throw new Error('only SQL files are run one by one');
  // No data of this clone is compared, so a file that can't run in a transaction may be tried again in place.
  const applied = await applyMigrations(quiet(context), { address, pending: [migration], settings: migrate, emit: () => {}, retryInPlace: true });
  return applied.ok ? undefined : applied.failure;
}

async function runTool({ context, migrate, folder, address }: Stepper, command: readonly string[]): Promise<Failure | undefined> {
  if (migrate.tool !== 'command') throw new Error('only a command is run');
  const ran = await runMigrationCommand(quiet(context), { ...migrate, command: [...command] }, address, folder);
  return ran.ok ? undefined : ran.failure;
}

function quiet(context: Context): Context {
  return { ...context, emit: (event) => (event.type === 'resource' ? context.emit(event) : undefined) };
}
