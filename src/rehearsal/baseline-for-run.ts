import type { HostedClone, HostedImage } from '../core/clone-host.ts';
import type { Migration } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { type BaselineOutcome, buildBaseline } from '../migrate/baseline.ts';
import { prepareMigrator } from '../migrate/migrator.ts';
import type { RehearseRequest } from './request.ts';
import type { Run } from './run.ts';

export interface BaselineWanted {
  readonly phase: Phase;
  readonly image: HostedImage;
  readonly facts: SourceFacts;
  readonly migrations: readonly Migration[];
  readonly appliedThrough?: string;
  readonly ranElsewhere: readonly string[];
}

export interface Baseline {
  readonly clone: HostedClone;
  readonly outcome: BaselineOutcome;
}

/** Builds the baseline in an empty database beside production's roles. */
export async function baselineForRun(context: Context, run: Run, request: RehearseRequest, wanted: BaselineWanted): Promise<Result<Baseline>> {
  const { image, facts, phase } = wanted;
  const clone = await image.startEmpty(context, `baseline for ${phase}`);
  if (!clone.ok) return clone;
  const { admin, remove } = clone.value;
  run.removeAtEnd(remove);
  run.hide(admin.password);
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
