import type { Clone } from '../cluster/clone.ts';
import type { MadeImage } from '../cluster/image.ts';
import type { Migration } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { type BaselineOutcome, buildBaseline } from '../migrate/baseline.ts';
import { prepareMigrator } from '../migrate/migrator.ts';
import { cloneForRun } from './clone-for-run.ts';
import { emptyDatabase } from './empty-database.ts';
import type { RehearseRequest } from './request.ts';
import type { Run } from './run.ts';

export interface BaselineWanted {
  readonly phase: Phase;
  readonly image: MadeImage;
  readonly facts: SourceFacts;
  readonly migrations: readonly Migration[];
  readonly appliedThrough?: string;
  readonly ranElsewhere: readonly string[];
}

export interface Baseline {
  readonly clone: Clone;
  readonly outcome: BaselineOutcome;
}

/**
 * Builds the baseline on a server of its own that has production's roles: a clone whose database is replaced by an empty one of the same name,
 * so that `alter database` in a migration finds what it names.
 */
export async function baselineForRun(context: Context, run: Run, request: RehearseRequest, wanted: BaselineWanted): Promise<Result<Baseline>> {
  const { image, facts, phase } = wanted;
  const clone = await cloneForRun(context, run, image, `baseline for ${phase}`);
  if (!clone.ok) return clone;
  const { admin } = clone.value;
  const emptied = await emptyDatabase(context, admin, image);
  if (!emptied.ok) return emptied;
  const migrator = await prepareMigrator(context, admin, facts.roles, request.settings.migrate.role);
  if (!migrator.ok) return migrator;
  run.hide(migrator.value.address.password);
  const built = await buildBaseline(context, {
    settings: request.settings,
    migrations: wanted.migrations,
    admin,
    migrator: migrator.value.address,
    databaseOwner: facts.databaseOwner,
    ...(wanted.appliedThrough === undefined ? {} : { appliedThrough: wanted.appliedThrough }),
    ranElsewhere: wanted.ranElsewhere,
    projectFolder: request.folder,
    phase,
  });
  return built.ok ? ok({ clone: clone.value, outcome: built.value }) : built;
}
