import type { AcceptedLoss } from '../../check/rollback/compare-tables.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { type Migrator, prepareMigrator } from '../../migrate/migrator.ts';
import type { MigrateSettings } from '../../migrate/read-migrations.ts';
import { cloneForRun } from '../clone-for-run.ts';
import { accessOn } from '../migrator-access.ts';
import type { Run } from '../run.ts';
import type { Besides } from '../spare-clone.ts';
import { type Comparing, comparingFor } from './moment.ts';

/** A clone on which nothing was migrated yet, with all that going back needs. Leaving an `await using` block removes it. */
export interface SpareScene extends AsyncDisposable {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  readonly settings: MigrateSettings;
  readonly comparing: Comparing;
  readonly accepted: readonly AcceptedLoss[];
}

/** Starts a clone for a way back. Fails with what starting a clone and finding the migrator there fail with. */
export async function spareScene(context: Context, run: Run, { request, provided }: Omit<Besides, 'noTransaction'>): Promise<Result<SpareScene>> {
  const { settings } = request;
  const { image, facts, shared } = provided;
  const clone = await cloneForRun(context, run, image, `clone of ${facts.database} for the way back`);
  if (!clone.ok) return clone;
  const { admin } = clone.value;
  const migrator = await prepareMigrator(context, admin, facts.roles, settings.migrate.role, accessOn(context, shared));
  if (!migrator.ok) {
    await clone.value.remove();
    return migrator;
  }
  run.hide(migrator.value.address.password);
  return ok({
    ...{ clone: clone.value, migrator: migrator.value, settings: settings.migrate },
    comparing: comparingFor(settings, migrator.value.role, shared),
    accepted: [...settings.rollback.acceptLosses, ...settings.data.contentChanges],
    // Where it doesn't go, the end of the run tries again and tells.
    async [Symbol.asyncDispose]() {
      await clone.value.remove();
    },
  });
}
