import type { HostedClone } from '../core/clone-host.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { applyMigrations } from '../migrate/apply-sql.ts';
import type { Lineage } from '../migrate/lineage.ts';
import { type Migrator, prepareMigrator } from '../migrate/migrator.ts';
import { runMigrationCommand } from '../migrate/run-command.ts';
import { cloneForRun } from './clone-for-run.ts';
import { accessOn } from './migrator-access.ts';
import type { Provided } from './phases/provision.ts';
import type { RehearseRequest } from './request.ts';
import type { Run } from './run.ts';

/** What is rehearsed besides: the same migrations on the same data, on a clone that no gate looks at. */
export interface Besides {
  readonly request: RehearseRequest;
  readonly provided: Provided;
  readonly line: Lineage;
  /** Revisions that were found to need no transaction. */
  readonly noTransaction: readonly string[];
}

/** A clone on which nothing was migrated yet. Nobody else uses it. Leaving an `await using` block removes it. */
export interface SpareClone extends AsyncDisposable {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  /**
   * Runs what is pending and isn't applied here yet, as a deploy that is tried again would. The failure, where there is one; nothing of it is told.
   *
   * @param through how the migrator logs in
   * @param last the revision to stop after; all are run unless given. Only where migrations are SQL: a command runs what it runs
   */
  migrate(through: Address, last?: string): Promise<Failure | undefined>;
}

/** Starts a clone on which the migrations can be run once more. Fails with what starting a clone and finding the migrator there fail with. */
export async function spareClone(context: Context, run: Run, besides: Besides, label: string): Promise<Result<SpareClone>> {
  const { settings, folder } = besides.request;
  const { image, facts, shared } = besides.provided;
  const started = await cloneForRun(context, run, image, label);
  if (!started.ok) return started;
  const clone = started.value;
  const migrator = await prepareMigrator(context, clone.admin, facts.roles, settings.migrate.role, accessOn(context, shared));
  if (!migrator.ok) {
    await clone.remove();
    return migrator;
  }
  run.hide(migrator.value.address.password);
  const done = new Set<string>();
  return ok({
    clone,
    migrator: migrator.value,
    async migrate(through, last) {
      const { migrate } = settings;
      if (migrate.tool === 'command') {
        const ran = await runMigrationCommand(quiet(context), migrate, migrator.value.address, folder, 'migrate', through);
        return ran.ok ? undefined : ran.failure;
      }
      const applied = await applyMigrations(context, {
        address: through,
        pending: upTo(besides.line.pending, last).filter(({ revision }) => !done.has(revision)),
        settings: migrate,
        noTransaction: besides.noTransaction,
        emit: (event) => {
          if (event.type === 'migration-finished' && event.outcome.error === undefined) done.add(event.outcome.migration);
        },
      });
      if (!applied.ok) return applied.failure;
      return applied.value.kind === 'applied'
        ? undefined
        : failure('migration-failed', `${applied.value.migration} can’t run inside a transaction here, though it could before.`, { sql: applied.value.sql });
    },
    // Where it doesn't go, the end of the run tries again and tells.
    async [Symbol.asyncDispose]() {
      await clone.remove();
    },
  });
}

function upTo(pending: Lineage['pending'], last: string | undefined): Lineage['pending'] {
  const at = pending.findIndex(({ revision }) => revision === last);
  return at === -1 ? pending : pending.slice(0, at + 1);
}

/** What is run a second time must not be taken for the first: of it only things are told that are made and removed. */
function quiet(context: Context): Context {
  return { ...context, emit: (event) => (event.type === 'resource' ? context.emit(event) : undefined) };
}
